/** The plan that a new profile has, and that usage is sold by (BIL-2, BIL-6). */
export const standardPlan = { skuId: '0001', skuDescription: 'Standard plan' } as const
