import { type DoDueWork, runDueWorkOf } from '../operations/run-due-work.ts'
import type { RunDueWork } from '../operations/set-sandbox-clock.ts'

/** What `scheduleDueWork` can ask for, by its kind. Each looks at the state that it finds and may find nothing to do. */
const kinds: Readonly<Record<string, DoDueWork>> = {}

export const runDueWork: RunDueWork = (context, upTo) => runDueWorkOf(kinds, context, upTo)
