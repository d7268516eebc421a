import { invalid, notFound } from '../../domain/refusal.ts'
import { parseBody } from '../../http/body.ts'
import { type ApiRequest, created, type Operation, ok, pathParameter } from '../../http/operation.ts'
import type { OperationContext } from '../../operations/context.ts'
import {
  assignPriceListToProfile,
  getPriceList,
  listAssignments,
  listPriceLists,
  publishPriceListVersion,
  readExchangeRates,
  setExchangeRate,
} from '../../operations/publish-prices.ts'
import {
  assignmentBody,
  exchangeRateBody,
  toWireAssignment,
  toWireList,
  toWireRates,
  toWireVersion,
  versionBody,
} from './price-list.wire.ts'

const common = {
  apiVersions: ['2026-11-01'],
  authentication: 'bearer',
  permission: 'platform operator',
} as const
const lists = '/providers/Tenantry.Pricing/priceLists'

export const priceListOperations: readonly Operation<OperationContext>[] = [
  {
    ...common,
    id: 'PriceLists_List',
    method: 'GET',
    path: lists,
    statuses: [200],
    summary: 'Every price list with its versions.',
    async handle(context) {
      return ok({ value: (await listPriceLists(context)).map(toWireList) })
    },
  },
  {
    ...common,
    id: 'PriceLists_Get',
    method: 'GET',
    path: `${lists}/{name}`,
    statuses: [200],
    summary: 'A price list and its versions.',
    async handle(context, request) {
      return ok(toWireList(await getPriceList(context, pathParameter(request, 'name'))))
    },
  },
  {
    ...common,
    id: 'PriceListVersions_Publish',
    method: 'PUT',
    path: `${lists}/{name}/versions/{version}`,
    statuses: [200, 201],
    summary: 'Publishes a version of a price list, which never changes afterwards.',
    body: versionBody,
    async handle(context, request) {
      const { displayName, currency, ...terms } = parseBody(request, versionBody).properties
      const wanted = { name: nameOf(request), version: versionOf(request), displayName, currency, terms }
      const { list, version, isNew } = await publishPriceListVersion(context, wanted)
      return (isNew ? created : ok)(toWireVersion(list, version))
    },
  },
  {
    ...common,
    id: 'PriceListVersions_Get',
    method: 'GET',
    path: `${lists}/{name}/versions/{version}`,
    statuses: [200],
    summary: 'The prices of one version.',
    async handle(context, request) {
      const list = await getPriceList(context, nameOf(request))
      const wanted = versionOf(request)
      const version = list.versions.find((candidate) => candidate.version === wanted)
      if (!version)
        throw notFound('PriceListVersionNotFound', `The price list '${list.name}' has no version ${wanted}.`)
      return ok(toWireVersion(list, version))
    },
  },
  {
    ...common,
    id: 'PriceListAssignments_Put',
    method: 'PUT',
    path: `${lists}/{name}/assignments/{billingProfileName}`,
    statuses: [200],
    summary: 'Gives a billing profile its prices from this list, from the start of a month on.',
    body: assignmentBody,
    async handle(context, request) {
      const { from } = parseBody(request, assignmentBody).properties
      const profile = pathParameter(request, 'billingProfileName')
      const wanted = { priceListName: nameOf(request), profile, from: new Date(from) }
      return ok(toWireAssignment(await assignPriceListToProfile(context, wanted)))
    },
  },
  {
    ...common,
    id: 'PriceListAssignments_List',
    method: 'GET',
    path: '/providers/Tenantry.Pricing/billingProfiles/{billingProfileName}/priceLists',
    statuses: [200],
    summary: 'Which price list a billing profile had when.',
    async handle(context, request) {
      const assignments = await listAssignments(context, pathParameter(request, 'billingProfileName'))
      return ok({ value: assignments.map(toWireAssignment) })
    },
  },
  {
    ...common,
    id: 'ExchangeRates_Put',
    method: 'PUT',
    path: '/providers/Tenantry.Pricing/exchangeRates/{period}',
    statuses: [200],
    summary: 'Fixes the rate between two currencies for a month.',
    body: exchangeRateBody,
    async handle(context, request) {
      const period = pathParameter(request, 'period')
      const rate = await setExchangeRate(context, { period, ...parseBody(request, exchangeRateBody).properties })
      return ok(toWireRates(period, [rate]))
    },
  },
  {
    ...common,
    id: 'ExchangeRates_Get',
    method: 'GET',
    path: '/providers/Tenantry.Pricing/exchangeRates/{period}',
    statuses: [200],
    summary: 'The rates of a month.',
    async handle(context, request) {
      const period = pathParameter(request, 'period')
      return ok(toWireRates(period, await readExchangeRates(context, period)))
    },
  },
]

function nameOf(request: ApiRequest): string {
  const name = pathParameter(request, 'name').toLowerCase()
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) return name
  throw invalid(
    'InvalidPriceListName',
    `'${name}' is no name of a price list. Use up to 64 lower-case letters, digits, dots and hyphens.`,
    'name',
  )
}

function versionOf(request: ApiRequest): number {
  const version = pathParameter(request, 'version')
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version)
  throw invalid(
    'InvalidPriceListVersion',
    `'${version}' is no version. Versions are whole numbers from 1 on.`,
    'version',
  )
}
