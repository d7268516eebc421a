import { type Stage, type Success, version } from '../stage.ts'

const support = 'api-version=2020-04-01'
const said = { properties: { subject: 'And', body: 'The statement says 300, we have 150.' } }

const ticketPath = (stage: Stage, name: string, rest = ''): string =>
  `${stage.subscription}/providers/Microsoft.Support/supportTickets/${name}${rest}?${support}`

async function wanted(stage: Stage) {
  const services = await stage.did(stage.owner.get(`/providers/Microsoft.Support/services?${support}`))
  const serviceId: string = services.body.value[0].id
  const problems = await stage.did(stage.owner.get(`${serviceId}/problemClassifications?${support}`))
  return {
    properties: {
      serviceId,
      problemClassificationId: problems.body.value[0].id,
      title: 'Users are counted twice',
      description: 'The statement says 300, we have 150.',
      severity: 'moderate',
      contactDetails: {
        firstName: 'Ann',
        lastName: 'Andersson',
        preferredContactMethod: 'email',
        primaryEmailAddress: 'ann@mail.example',
        preferredTimeZone: 'W. Europe Standard Time',
        country: 'SWE',
        preferredSupportLanguage: 'en-US',
      },
    },
  }
}

async function asked(stage: Stage): Promise<{ name: string; id: string }> {
  const name = stage.label('ticket')
  const { body } = await stage.did(stage.owner.put(ticketPath(stage, name), await wanted(stage)))
  return { name, id: body.properties.supportTicketId }
}

const ofOperator = (id: string, rest = ''): string =>
  `/providers/Tenantry.Directory/supportTickets/${id}${rest}?${version.ours}`

/** Support requests, by who asks and by the operator. */
export const supportSuccesses: Readonly<Record<string, Success>> = {
  'Microsoft.Support.SupportTickets_CheckNameAvailability': (stage) => ({
    as: stage.owner,
    path: `${stage.subscription}/providers/Microsoft.Support/checkNameAvailability?${support}`,
    body: { name: stage.label('ticket'), type: 'Microsoft.Support/supportTickets' },
  }),
  'Microsoft.Support.SupportTickets_Create': async (stage) => ({
    as: stage.owner,
    path: ticketPath(stage, stage.label('ticket')),
    body: await wanted(stage),
  }),
  'Microsoft.Support.SupportTickets_Update': async (stage) => ({
    as: stage.owner,
    path: ticketPath(stage, (await asked(stage)).name),
    body: { severity: 'critical' },
  }),
  'Microsoft.Support.Communications_CheckNameAvailability': async (stage) => ({
    as: stage.owner,
    path: ticketPath(stage, (await asked(stage)).name, '/checkNameAvailability'),
    body: { name: 'more', type: 'Microsoft.Support/communications' },
  }),
  'Microsoft.Support.Communications_Create': async (stage) => ({
    as: stage.owner,
    path: ticketPath(stage, (await asked(stage)).name, '/communications/more'),
    body: said,
  }),
  'Tenantry.Directory.SupportTickets_Reply': async (stage) => ({
    as: stage.operator,
    path: ofOperator((await asked(stage)).id, '/reply'),
    body: said,
  }),
  'Tenantry.Directory.SupportTickets_SetStatus': async (stage) => ({
    as: stage.operator,
    path: ofOperator((await asked(stage)).id),
    body: { properties: { status: 'Closed' } },
  }),
}
