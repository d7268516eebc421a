/** Compared without case and white space, and shown in this form: `South Central US` is `southcentralus`. */
export const normalizeLocation = (location: string): string => location.replace(/\s+/g, '').toLowerCase()

export interface Region {
  readonly name: string
  readonly displayName: string
  readonly geographyGroup: string
  readonly physicalLocation: string
  readonly latitude: string
  readonly longitude: string
  readonly paired: string
}

function region(
  displayName: string,
  geographyGroup: string,
  physicalLocation: string,
  latitude: string,
  longitude: string,
  paired: string,
): Region {
  const name = normalizeLocation(displayName)
  return { name, displayName, geographyGroup, physicalLocation, latitude, longitude, paired: normalizeLocation(paired) }
}

export const regions: readonly Region[] = [
  region('East US', 'US', 'Virginia', '37.3719', '-79.8164', 'West US'),
  region('East US 2', 'US', 'Virginia', '36.6681', '-78.3889', 'Central US'),
  region('Central US', 'US', 'Iowa', '41.5908', '-93.6208', 'East US 2'),
  region('North Central US', 'US', 'Illinois', '41.8819', '-87.6278', 'South Central US'),
  region('South Central US', 'US', 'Texas', '29.4167', '-98.5', 'North Central US'),
  region('West US', 'US', 'California', '37.783', '-122.417', 'East US'),
  region('West US 2', 'US', 'Washington', '47.233', '-119.852', 'West Central US'),
  region('West Central US', 'US', 'Wyoming', '40.89', '-110.234', 'West US 2'),
  region('Canada Central', 'Canada', 'Toronto', '43.653', '-79.383', 'Canada East'),
  region('Canada East', 'Canada', 'Quebec', '46.817', '-71.217', 'Canada Central'),
  region('Brazil South', 'South America', 'Sao Paulo State', '-23.55', '-46.633', 'South Central US'),
  region('North Europe', 'Europe', 'Ireland', '53.3478', '-6.2597', 'West Europe'),
  region('West Europe', 'Europe', 'Netherlands', '52.3667', '4.9', 'North Europe'),
  region('UK South', 'UK', 'London', '50.941', '-0.799', 'UK West'),
  region('UK West', 'UK', 'Cardiff', '53.427', '-3.084', 'UK South'),
  region('France Central', 'Europe', 'Paris', '46.3772', '2.373', 'France South'),
  region('France South', 'Europe', 'Marseille', '43.8345', '2.1972', 'France Central'),
  region('Germany West Central', 'Europe', 'Frankfurt', '50.110924', '8.682127', 'Germany North'),
  region('Germany North', 'Europe', 'Berlin', '53.073635', '8.806422', 'Germany West Central'),
  region('Switzerland North', 'Europe', 'Zurich', '47.451542', '8.564572', 'Switzerland West'),
  region('Switzerland West', 'Europe', 'Geneva', '46.204391', '6.143158', 'Switzerland North'),
  region('Norway East', 'Europe', 'Norway', '59.913868', '10.752245', 'Norway West'),
  region('Norway West', 'Europe', 'Norway', '58.969975', '5.733107', 'Norway East'),
  region('Sweden Central', 'Europe', 'Gävle', '60.67488', '17.14127', 'Sweden South'),
  region('Sweden South', 'Europe', 'Malmö', '55.59', '13.0', 'Sweden Central'),
  region('UAE North', 'Middle East', 'Dubai', '25.266666', '55.316666', 'UAE Central'),
  region('UAE Central', 'Middle East', 'Abu Dhabi', '24.466667', '54.366669', 'UAE North'),
  region('South Africa North', 'Africa', 'Johannesburg', '-25.73134', '28.21837', 'South Africa West'),
  region('South Africa West', 'Africa', 'Cape Town', '-34.075691', '18.843266', 'South Africa North'),
  region('East Asia', 'Asia Pacific', 'Hong Kong', '22.267', '114.188', 'Southeast Asia'),
  region('Southeast Asia', 'Asia Pacific', 'Singapore', '1.283', '103.833', 'East Asia'),
  region('Japan East', 'Asia Pacific', 'Tokyo, Saitama', '35.68', '139.77', 'Japan West'),
  region('Japan West', 'Asia Pacific', 'Osaka', '34.6939', '135.5022', 'Japan East'),
  region('Korea Central', 'Asia Pacific', 'Seoul', '37.5665', '126.978', 'Korea South'),
  region('Korea South', 'Asia Pacific', 'Busan', '35.1796', '129.0756', 'Korea Central'),
  region('Central India', 'Asia Pacific', 'Pune', '18.5822', '73.9197', 'South India'),
  region('South India', 'Asia Pacific', 'Chennai', '12.9822', '80.1636', 'Central India'),
  region('Australia East', 'Asia Pacific', 'New South Wales', '-33.86', '151.2094', 'Australia Southeast'),
  region('Australia Southeast', 'Asia Pacific', 'Victoria', '-37.8136', '144.9631', 'Australia East'),
]

const wellFormed = /^[a-z0-9]{1,64}$/

/** Any place with a well-formed name: who runs this installation has places of their own. */
export const isLocation = (location: string): boolean => wellFormed.test(normalizeLocation(location))
