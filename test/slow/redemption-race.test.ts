import { expect, test } from 'vitest'
import { acceptAtOnce, guestWorld } from '../providers/graph/guest-world.ts'
import { startTestCloud } from '../support/cloud.ts'

test('F54: of 1,000 who accept one invitation at the same time one does', async () => {
  const cloud = await startTestCloud({ now: '2026-01-01T00:00:00Z' })
  try {
    const world = await guestWorld(cloud, 'race')
    const kit = await world.person('kit')
    const codes = await acceptAtOnce(kit.client, await world.invite(kit.address), 1000)
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['accepted', 'InvitationNotPending']))
  } finally {
    await cloud.stop()
  }
})
