import { directoryRoleIds } from '../../../src/domain/access/directory-roles.ts'
import { meteringEventsWrite, meteringResource } from '../../../src/domain/directory/app-roles.ts'
import { type Stage, type Success, version } from '../stage.ts'

const password = 'correct horse battery'
const { directoryReaders } = directoryRoleIds
const byTemplate = `/v1.0/directoryRoles(roleTemplateId='${directoryReaders}')/members`

async function withMember(stage: Stage): Promise<{ group: string; member: string }> {
  const [group, member] = [await stage.newGroup(), (await stage.user()).objectId]
  await stage.did(stage.owner.post(`/v1.0/groups/${group}/members/$ref`, stage.reference(member)))
  return { group, member }
}

async function withRole(stage: Stage): Promise<string> {
  const member = (await stage.user()).objectId
  await stage.did(
    stage.owner.post(`/v1.0/directoryRoles/roleTemplateId=${directoryReaders}/members/$ref`, stage.reference(member)),
  )
  return member
}

async function deletedUser(stage: Stage): Promise<string> {
  const id = (await stage.user()).objectId
  await stage.did(stage.owner.delete(`/v1.0/users/${id}`))
  return id
}

const appRole = (principalId: string) => ({
  principalId,
  resourceId: meteringResource.servicePrincipalId,
  appRoleId: meteringEventsWrite.id,
})

/** Everything in the directory graph, by Graph and by the operator. */
export const directorySuccesses: Readonly<Record<string, Success>> = {
  'Tenantry.Directory.Tenants_CreateOrUpdate': (stage) => ({
    as: stage.operator,
    path: `/providers/Tenantry.Directory/tenants/${stage.guid()}?${version.ours}`,
    body: {
      properties: {
        displayName: 'New',
        kind: 'workforce',
        countryCode: 'SE',
        initialDomainLabel: stage.label('new'),
        administrator: { displayName: 'Administrator' },
      },
    },
  }),
  'Tenantry.Directory.Tenants_CreateOwn': async (stage) => ({
    as: (await stage.user()).client,
    path: `/providers/Tenantry.Directory/createTenant?${version.ours}`,
    body: {
      properties: { displayName: 'Own', initialDomainLabel: stage.label('own'), countryCode: 'SE', kind: 'workforce' },
    },
  }),
  'Tenantry.Directory.Tenants_ValidateDelete': async (stage) => {
    const { tenant, administrator } = await stage.world.identities.workforce()
    return {
      as: administrator.client,
      path: `/providers/Tenantry.Directory/tenants/${tenant.id}/validateDelete?${version.ours}`,
    }
  },
  'Tenantry.Directory.Tenants_Delete': async (stage) => {
    const { tenant, administrator } = await stage.world.identities.workforce()
    return {
      as: administrator.client,
      path: `/providers/Tenantry.Directory/tenants/${tenant.id}?${version.ours}`,
    }
  },
  'v1.0.Graph_UpdateOrganization': (stage) => ({
    as: stage.owner,
    path: `/v1.0/organization/${stage.customer.tenant.id}`,
    body: { displayName: 'Renamed organization' },
  }),
  'v1.0.Graph_RevokeSignInSessions': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/users/${(await stage.user()).objectId}/revokeSignInSessions`,
  }),
  'v1.0.Graph_RevokeMySignInSessions': async (stage) => ({
    as: (await stage.user()).client,
    path: '/v1.0/me/revokeSignInSessions',
  }),
  'v1.0.Graph_CreateUser': (stage) => {
    const name = stage.label('made')
    return {
      as: stage.owner,
      path: '/v1.0/users',
      body: {
        accountEnabled: true,
        displayName: name,
        mailNickname: name,
        userPrincipalName: `${name}@${stage.customer.tenant.domain}`,
        passwordProfile: { password },
      },
    }
  },
  'v1.0.Graph_UpdateUser': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/users/${(await stage.user()).objectId}`,
    body: { displayName: 'Renamed' },
  }),
  'v1.0.Graph_DeleteUser': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/users/${(await stage.user()).objectId}`,
  }),
  'v1.0.Graph_RestoreDeletedItem': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/directory/deletedItems/${await deletedUser(stage)}/restore`,
    body: {},
  }),
  'v1.0.Graph_DeleteItemPermanently': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/directory/deletedItems/${await deletedUser(stage)}`,
  }),
  'v1.0.Graph_CreateGroup': (stage) => {
    const name = stage.label('group')
    return {
      as: stage.owner,
      path: '/v1.0/groups',
      body: { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true },
    }
  },
  'v1.0.Graph_UpdateGroup': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/groups/${await stage.newGroup()}`,
    body: { displayName: 'Renamed' },
  }),
  'v1.0.Graph_DeleteGroup': async (stage) => ({ as: stage.owner, path: `/v1.0/groups/${await stage.newGroup()}` }),
  'v1.0.Graph_AddGroupMember': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/groups/${await stage.newGroup()}/members/$ref`,
    body: stage.reference((await stage.user()).objectId),
  }),
  'v1.0.Graph_RemoveGroupMember': async (stage) => {
    const { group, member } = await withMember(stage)
    return { as: stage.owner, path: `/v1.0/groups/${group}/members/${member}/$ref` }
  },
  'v1.0.Graph_AddGroupOwner': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/groups/${await stage.newGroup()}/owners/$ref`,
    body: stage.reference((await stage.user()).objectId),
  }),
  'v1.0.Graph_RemoveGroupOwner': async (stage) => {
    const group = await stage.newGroup()
    const [first, second] = [(await stage.user()).objectId, (await stage.user()).objectId]
    for (const id of [first, second])
      await stage.did(stage.owner.post(`/v1.0/groups/${group}/owners/$ref`, stage.reference(id)))
    return { as: stage.owner, path: `/v1.0/groups/${group}/owners/${second}/$ref` }
  },
  'v1.0.Graph_AddDirectoryRoleMember': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/directoryRoles/roleTemplateId=${directoryReaders}/members/$ref`,
    body: stage.reference((await stage.user()).objectId),
  }),
  'v1.0.Graph_RemoveDirectoryRoleMember': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/directoryRoles/roleTemplateId=${directoryReaders}/members/${await withRole(stage)}/$ref`,
  }),
  'v1.0.Graph_AddDirectoryRoleMemberByTemplate': async (stage) => ({
    as: stage.owner,
    path: `${byTemplate}/$ref`,
    body: stage.reference((await stage.user()).objectId),
  }),
  'v1.0.Graph_RemoveDirectoryRoleMemberByTemplate': async (stage) => ({
    as: stage.owner,
    path: `${byTemplate}/${await withRole(stage)}/$ref`,
  }),
  'v1.0.Graph_ActivateDirectoryRole': (stage) => ({
    as: stage.owner,
    path: '/v1.0/directoryRoles',
    body: { roleTemplateId: directoryReaders },
  }),
  'v1.0.Graph_CreateApplication': (stage) => ({
    as: stage.owner,
    path: '/v1.0/applications',
    body: { displayName: stage.label('application') },
  }),
  'v1.0.Graph_UpdateApplication': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/applications/${(await stage.newApplication()).id}`,
    body: { displayName: 'Renamed' },
  }),
  'v1.0.Graph_DeleteApplication': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/applications/${(await stage.newApplication()).id}`,
  }),
  'v1.0.Graph_AddApplicationPassword': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/applications/${(await stage.newApplication()).id}/addPassword`,
    body: { passwordCredential: { displayName: 'first' } },
  }),
  'v1.0.Graph_RemoveApplicationPassword': async (stage) => {
    const { id } = await stage.newApplication()
    const added = await stage.did(stage.owner.post(`/v1.0/applications/${id}/addPassword`, {}))
    stage.secrets.add(added.body.secretText)
    return {
      as: stage.owner,
      path: `/v1.0/applications/${id}/removePassword`,
      body: { keyId: added.body.keyId },
    }
  },
  'v1.0.Graph_CreateServicePrincipal': async (stage) => ({
    as: stage.owner,
    path: '/v1.0/servicePrincipals',
    body: { appId: (await stage.newApplication()).appId },
  }),
  'v1.0.Graph_DeleteServicePrincipal': async (stage) => ({
    as: stage.owner,
    path: `/v1.0/servicePrincipals/${await stage.newServicePrincipal()}`,
  }),
  'v1.0.Graph_CreateAppRoleAssignment': async (stage) => {
    const id = await stage.newServicePrincipal()
    return { as: stage.owner, path: `/v1.0/servicePrincipals/${id}/appRoleAssignments`, body: appRole(id) }
  },
  'v1.0.Graph_DeleteAppRoleAssignment': async (stage) => {
    const id = await stage.newServicePrincipal()
    const made = await stage.did(stage.owner.post(`/v1.0/servicePrincipals/${id}/appRoleAssignments`, appRole(id)))
    return { as: stage.owner, path: `/v1.0/servicePrincipals/${id}/appRoleAssignments/${made.body.id}` }
  },
}
