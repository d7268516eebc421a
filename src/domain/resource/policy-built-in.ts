import type { PolicyDefinition } from './policy-definition.ts'

export const builtInPolicyId = (name: string): string => `/providers/Microsoft.Authorization/policyDefinitions/${name}`

const builtIn = (name: string, content: Omit<PolicyDefinition, 'id' | 'name' | 'isBuiltIn'>): PolicyDefinition => ({
  ...content,
  id: builtInPolicyId(name),
  name,
  isBuiltIn: true,
  version: '1.0.0',
})

const rule = (condition: object, effect: string) => ({ condition, effect })

const locations = { type: 'Array', metadata: { displayName: 'Allowed locations', strongType: 'location' } }
const listed = "[parameters('listOfAllowedLocations')]"
const listedTypes = "[parameters('listOfResourceTypesAllowed')]"
const named = "[concat('tags[', parameters('tagName'), ']')]"
const resourceGroups = 'Microsoft.Resources/subscriptions/resourceGroups'

/** Under Azure's published ids. SUB-14: the rule for locations lets resource groups, `global` and identity links through. */
export const builtInPolicies: readonly PolicyDefinition[] = [
  builtIn('e56962a6-4747-49cd-b67b-bf8b01975c4c', {
    displayName: 'Allowed locations',
    description:
      'Restricts where resources may be created. Resource groups, identity links and resources in location global are exempt.',
    mode: 'Indexed',
    metadata: { category: 'General' },
    parameters: { listOfAllowedLocations: locations },
    rule: rule(
      {
        allOf: [
          { field: 'location', notIn: listed },
          { field: 'location', notEquals: 'global' },
          { field: 'type', notEquals: 'Microsoft.AzureActiveDirectory/b2cDirectories' },
        ],
      },
      'deny',
    ),
  }),
  builtIn('e765b5de-1225-4ba3-bd56-1ac6695af988', {
    displayName: 'Allowed locations for resource groups',
    description: 'Restricts where resource groups may be created.',
    mode: 'All',
    metadata: { category: 'General' },
    parameters: { listOfAllowedLocations: locations },
    rule: rule(
      {
        allOf: [
          { field: 'type', equals: resourceGroups },
          { field: 'location', notIn: listed },
        ],
      },
      'deny',
    ),
  }),
  builtIn('a08ec900-254a-4555-9bf5-e42af04b5c5c', {
    displayName: 'Allowed resource types',
    description: 'Restricts which types of resources may be created.',
    mode: 'Indexed',
    metadata: { category: 'General' },
    parameters: { listOfResourceTypesAllowed: { type: 'Array', metadata: { displayName: 'Allowed resource types' } } },
    rule: rule({ not: { field: 'type', in: listedTypes } }, 'deny'),
  }),
  builtIn('6c112d4e-5bc7-47ae-a041-ea2d9dccd749', {
    displayName: 'Not allowed resource types',
    description: 'Restricts which types of resources may not be created.',
    mode: 'All',
    metadata: { category: 'General' },
    parameters: {
      listOfResourceTypesNotAllowed: { type: 'Array', metadata: { displayName: 'Not allowed resource types' } },
      effect: { type: 'String', defaultValue: 'Deny', allowedValues: ['Audit', 'Deny', 'Disabled'] },
    },
    rule: rule(
      {
        allOf: [
          { field: 'type', in: "[parameters('listOfResourceTypesNotAllowed')]" },
          { field: 'type', exists: true },
        ],
      },
      "[parameters('effect')]",
    ),
  }),
  builtIn('871b6d14-10aa-478d-b590-94f262ecfa99', {
    displayName: 'Require a tag on resources',
    description: 'Refuses resources that lack a tag.',
    mode: 'Indexed',
    metadata: { category: 'Tags' },
    parameters: { tagName: { type: 'String', metadata: { displayName: 'Tag Name' } } },
    rule: rule({ field: named, exists: 'false' }, 'deny'),
  }),
  builtIn('96670d01-0a4d-4649-9c89-2d3abc0a5025', {
    displayName: 'Require a tag on resource groups',
    description: 'Refuses resource groups that lack a tag.',
    mode: 'All',
    metadata: { category: 'Tags' },
    parameters: { tagName: { type: 'String', metadata: { displayName: 'Tag Name' } } },
    rule: rule(
      {
        allOf: [
          { field: 'type', equals: resourceGroups },
          { field: named, exists: 'false' },
        ],
      },
      'deny',
    ),
  }),
]

const byId = new Map(builtInPolicies.map((policy) => [policy.id.toLowerCase(), policy]))
export const findBuiltInPolicy = (id: string): PolicyDefinition | undefined => byId.get(id.toLowerCase())
