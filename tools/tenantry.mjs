#!/usr/bin/env node
import { join } from 'node:path'
import { findNode, installMissingPackages, leaveWith, root, runInPlace } from './runtime.mjs'

await leaveWith(async () => {
  await installMissingPackages({ development: false })
  return runInPlace(findNode(), [join(root, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)])
})
