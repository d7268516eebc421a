import type { Stage, Success } from '../stage.ts'

async function claimed(stage: Stage): Promise<string> {
  const id = `${stage.label('domain')}.example`
  await stage.did(stage.owner.post('/v1.0/domains', { id }))
  return id
}

async function proved(stage: Stage): Promise<string> {
  const id = await claimed(stage)
  const records = await stage.did(stage.owner.get(`/v1.0/domains/${id}/verificationDnsRecords`))
  stage.dns.records.set(id, [records.body.value[0].text])
  return id
}

/** Domains of the tenant's own. */
export const domainSuccesses: Readonly<Record<string, Success>> = {
  'v1.0.Graph_CreateDomain': (stage) => ({
    as: stage.owner,
    path: '/v1.0/domains',
    body: { id: `${stage.label('domain')}.example` },
  }),
  'v1.0.Graph_VerifyDomain': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/domains/${await proved(stage)}/verify`,
    body: {},
  }),
  'v1.0.Graph_UpdateDomain': async (stage) => {
    const id = await proved(stage)
    await stage.did(stage.owner.post(`/v1.0/domains/${id}/verify`))
    return { as: stage.owner, path: `/v1.0/domains/${id}`, body: { isDefault: true } }
  },
  'v1.0.Graph_DeleteDomain': async (stage) => ({ as: stage.owner, path: `/v1.0/domains/${await claimed(stage)}` }),
}
