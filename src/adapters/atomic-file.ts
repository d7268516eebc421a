import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemRandom } from './random.ts'

/**
 * After a crash at any point the file has its old content or its new content, whole. The mode holds from the first
 * byte, so a secret is never readable by others, not even for an instant.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${systemRandom.uuid()}.tmp`)
  try {
    await withFile(await open(temporary, 'wx', mode), async (file) => {
      // The mode given to open is narrowed by the umask.
      await file.chmod(mode)
      await file.writeFile(content)
      await file.sync()
    })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  // The rename itself is only durable once the folder is.
  await withFile(await open(dirname(path), 'r'), (folder) => folder.sync())
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file)
  } finally {
    await file.close()
  }
}
