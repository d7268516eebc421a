import { z } from 'zod'
import type { OutsideProvider } from '../../domain/directory/outside-provider.ts'
import type { ProviderChanges, WantedProvider } from '../../operations/outside-provider.ts'
import { refused } from './body.ts'
import type { Entity } from './entity.ts'

const odataType = '#microsoft.graph.openIdConnectIdentityProvider'

const properties = {
  displayName: z.string().trim().min(1).max(128),
  clientId: z.string().trim().min(1).max(512),
  clientSecret: z.string().min(1).max(2048),
  metadataUrl: z.string().trim().max(2048),
  scope: z
    .string()
    .max(1000)
    .transform((text) => text.trim().split(/\s+/).join(' ')),
}

const common = {
  domainHint: z.string().trim().min(1).max(253).nullish(),
  responseType: z.literal('code', { error: "is always 'code' here" }).optional(),
  responseMode: z.literal('query', { error: "is always 'query' here" }).optional(),
  isSignUpAllowed: z.boolean().optional(),
  ...refused('claimsMapping'),
}

export const identityProviderBody = z.object({
  '@odata.type': z.literal(odataType, { error: `must be '${odataType}'; other kinds are not kept here` }),
  ...properties,
  ...common,
  scope: properties.scope.default('openid profile email'),
})

export const identityProviderChanges = z.object({
  '@odata.type': z.literal(odataType).optional(),
  ...common,
  displayName: properties.displayName.optional(),
  clientId: properties.clientId.optional(),
  clientSecret: properties.clientSecret.optional(),
  metadataUrl: properties.metadataUrl.optional(),
  scope: properties.scope.optional(),
})

export const fromWireProvider = (body: z.output<typeof identityProviderBody>): WantedProvider => ({
  displayName: body.displayName,
  clientId: body.clientId,
  clientSecret: body.clientSecret,
  metadataUrl: body.metadataUrl,
  scope: body.scope,
  domainHint: body.domainHint ?? null,
  allowsSignUp: body.isSignUpAllowed ?? false,
})

export const fromWireProviderChanges = (body: z.output<typeof identityProviderChanges>): ProviderChanges => ({
  displayName: body.displayName,
  clientId: body.clientId,
  clientSecret: body.clientSecret,
  metadataUrl: body.metadataUrl,
  scope: body.scope,
  domainHint: body.domainHint,
  allowsSignUp: body.isSignUpAllowed,
})

/** The secret is never answered. */
export const toWireProvider = (provider: OutsideProvider): Entity => ({
  '@odata.type': odataType,
  id: provider.id,
  displayName: provider.displayName,
  clientId: provider.clientId,
  clientSecret: null,
  metadataUrl: provider.metadataUrl,
  scope: provider.scope,
  domainHint: provider.domainHint,
  responseType: 'code',
  responseMode: 'query',
  isSignUpAllowed: provider.allowsSignUp,
})
