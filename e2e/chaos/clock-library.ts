import { existsSync } from 'node:fs'

/**
 * libfaketime gives a process another time of day from outside, so that the product needs no switch for it
 * (`apt install libfaketime`). Null where it is not installed: then clocks do not jump, and the run says so.
 */
export const clockLibrary: string | null =
  [
    '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib/faketime/libfaketime.so.1',
    '/usr/lib64/faketime/libfaketime.so.1',
  ].find((path) => existsSync(path)) ?? null
