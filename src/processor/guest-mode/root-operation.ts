import type { GuestMode } from './guest-mode';

const nothing = (): undefined => undefined;
const no = (): boolean => false;

/** Outside guest mode, and on a processor that never uses it: nothing is intercepted. */
export const ROOT_OPERATION: GuestMode = {
  active: false,
  cpuid: nothing,
  hlt: nothing,
  pause: nothing,
  invd: nothing,
  wbinvd: nothing,
  invlpg: nothing,
  rdtsc: nothing,
  rdtscp: nothing,
  rdpmc: nothing,
  rdmsr: nothing,
  wrmsr: nothing,
  portAccess: nothing,
  descriptorTable: nothing,
  vmxInstruction: nothing,
  writeControlRegister: (_number, value) => value,
  readControlRegister: (_number, value) => value,
  checkControlRegister: nothing,
  clts: () => 'write',
  lmsw: (source) => source,
  debugRegister: nothing,
  timeStamp: (tsc) => tsc,
  boundary: no,
  instructionLimit: () => Number.MAX_SAFE_INTEGER,
  exception: no,
  externalInterrupt: no,
  tripleFault: no,
};
