import { invalid } from '../refusal.ts'

/** Where an identity tenant keeps its data. It is the location of its link, and not a datacentre region (DEC-15). */
export const dataResidencies = ['United States', 'Europe', 'Asia Pacific', 'Australia', 'Global'] as const
export type DataResidency = (typeof dataResidencies)[number]

const areaOf: Record<Exclude<DataResidency, 'Global'>, string> = {
  'United States': 'CA CR DO GT MX PA PR SV TT US',
  Europe:
    'AE AT AZ BE BG BH BY CH CY CZ DE DK DZ EE EG ES FI FR GB GR HR HU IE IL IS IT JO KE KW KZ LB LI LT LU LV MA ME MK MT NG NL NO OM PK PL PT QA RO RS RU SA SE SI SK TN TR UA ZA',
  'Asia Pacific': 'AF HK ID IN JP KR LK MY PH SG TH TW',
  Australia: 'AU NZ',
}

/** The area that a country's tenants are kept in unless they ask for another. */
export function dataResidencyOf(countryCode: string): DataResidency {
  for (const [area, countries] of Object.entries(areaOf))
    if (countries.split(' ').includes(countryCode)) return area as DataResidency
  return 'Global'
}

/** Without case and white space, as locations are compared. */
export function parseDataResidency(text: string): DataResidency {
  const key = (name: string): string => name.toLowerCase().replace(/\s/g, '')
  const area = dataResidencies.find((candidate) => key(candidate) === key(text))
  if (!area)
    throw invalid(
      'InvalidDataResidency',
      `'${text}' is not an area that tenants are kept in. Use one of ${dataResidencies.map((name) => `'${name}'`).join(', ')}.`,
      'properties.dataResidency',
    )
  return area
}
