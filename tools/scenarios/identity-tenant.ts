import { linking } from './identity-tenant/linking.ts'
import { december, november, statement, transition } from './identity-tenant/metering.ts'
import { moves } from './identity-tenant/moving.ts'
import { relinking } from './identity-tenant/relinking.ts'
import { identityTenant, people } from './identity-tenant/setting.ts'
import { writeScenario } from './scenario-file.ts'

/** The life of an identity tenant, flow F1: a file for each of its steps. */
writeScenario('identity-tenant', [
  people,
  identityTenant,
  linking,
  transition,
  november,
  december,
  moves,
  statement,
  relinking,
])
