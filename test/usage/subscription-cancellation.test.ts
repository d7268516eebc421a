import { expect, test } from 'vitest'
import { splitByCancellations } from '../../src/usage/postgres/subscription-cancellation.ts'

const link = { linkId: 'link' }
const cut = (fromMs: number, toMs: number, ...cancellations: [number, number][]) =>
  splitByCancellations(
    { ...link, fromMs, toMs },
    cancellations.map(([from, to]) => ({ fromMs: from, toMs: to })),
  ).map((part) => [part.linkId, part.fromMs, part.toMs, part.isCancelled ? 'cancelled' : 'billed'])

const always = Infinity

test.each([
  ['none', cut(10, 20), [['link', 10, 20, 'billed']]],
  ['one before', cut(10, 20, [5, 10]), [['link', 10, 20, 'billed']]],
  ['one after', cut(10, 20, [20, always]), [['link', 10, 20, 'billed']]],
  ['all of it', cut(10, 20, [10, 20]), [['link', 10, 20, 'cancelled']]],
  ['more than all of it', cut(10, 20, [5, always]), [['link', 10, 20, 'cancelled']]],
  [
    'the beginning',
    cut(10, 20, [5, 12]),
    [
      ['link', 10, 12, 'cancelled'],
      ['link', 12, 20, 'billed'],
    ],
  ],
  [
    'the end of one without end',
    cut(-Infinity, always, [15, always]),
    [
      ['link', -Infinity, 15, 'billed'],
      ['link', 15, always, 'cancelled'],
    ],
  ],
  [
    'twice, once with the next one at once',
    cut(10, 40, [12, 14], [20, 25], [25, 30], [50, always]),
    [
      ['link', 10, 12, 'billed'],
      ['link', 12, 14, 'cancelled'],
      ['link', 14, 20, 'billed'],
      ['link', 20, 25, 'cancelled'],
      ['link', 25, 30, 'cancelled'],
      ['link', 30, 40, 'billed'],
    ],
  ],
])('SUB-8: a period that is cancelled for %s', (_, parts, expected) => {
  expect(parts).toEqual(expected)
})
