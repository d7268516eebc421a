import { describe, expect, test } from 'vitest'
import { normalizeLocation } from '../../../src/domain/resource/location.ts'
import {
  formatResourceId,
  isSameResourceId,
  parseResourceGroupId,
  parseResourceId,
} from '../../../src/domain/resource/resource-id.ts'

const subscriptionId = '1b4e28ba-2fa1-11d2-883f-0016d3cca427'

describe('resource ids', () => {
  test('literals match without case and names keep theirs', () => {
    const id = parseResourceId(
      `/SUBSCRIPTIONS/${subscriptionId.toUpperCase()}/resourcegroups/MyGroup/PROVIDERS/Microsoft.Sql/Servers/One/databases/Two`,
    )
    expect(id).toEqual({
      subscriptionId,
      resourceGroupName: 'MyGroup',
      type: 'Microsoft.Sql/Servers/databases',
      name: 'One/Two',
    })
    expect(id && formatResourceId(id)).toBe(
      `/subscriptions/${subscriptionId}/resourceGroups/MyGroup/providers/Microsoft.Sql/Servers/One/databases/Two`,
    )
  })

  test('empty segments, as the SDKs send them, change nothing', () => {
    const sent = `//subscriptions/${subscriptionId}/resourceGroups/g/providers/Microsoft.AzureStack//registrations/r`
    expect(parseResourceId(sent)).toMatchObject({ type: 'Microsoft.AzureStack/registrations', name: 'r' })
    expect(isSameResourceId(sent, sent.replaceAll('//', '/').toUpperCase())).toBe(true)
  })

  test.each([
    `/subscriptions/not-a-guid/resourceGroups/g/providers/A.B/c/d`,
    `/subscriptions/${subscriptionId}/resourceGroups/g`,
    `/subscriptions/${subscriptionId}/resourceGroups/g/providers/A.B/c`,
    `/subscriptions/${subscriptionId}/providers/A.B/c/d`,
    `/subscriptions/${subscriptionId}/resourceGroups/g/providers/A.B/c/d/providers/E.F/g/h`,
  ])('%s is not a resource of a group', (id) => {
    expect(parseResourceId(id)).toBeUndefined()
  })

  test('a group id is a group and nothing below it', () => {
    const id = `/subscriptions/${subscriptionId}/RESOURCEGROUPS/Target`
    expect(parseResourceGroupId(id)).toEqual({ subscriptionId, resourceGroupName: 'Target' })
    expect(parseResourceGroupId(`${id}/providers/A.B/c/d`)).toBeUndefined()
  })

  test('SUB-9: a location has one form, whatever its casing and spaces', () => {
    expect(normalizeLocation('South Central US')).toBe('southcentralus')
    expect(normalizeLocation('southCENTRALus')).toBe('southcentralus')
  })
})
