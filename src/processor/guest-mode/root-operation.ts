import type { GuestMode } from './guest-mode';

const no = (): boolean => false;

/** Outside guest mode, and on a processor that never uses it: nothing is intercepted. */
export const ROOT_OPERATION: GuestMode = {
  active: false,
  cpuid: no,
  hlt: no,
  pause: no,
  invd: no,
  wbinvd: no,
  invlpg: no,
  rdtsc: no,
  rdtscp: no,
  rdpmc: no,
  rdmsr: no,
  wrmsr: no,
  portAccess: no,
  debugRegister: no,
  descriptorTable: no,
  vmxInstruction: no,
  taskSwitch: no,
  writeControlRegister: (_number, value) => value,
  readControlRegister: (_number, value) => value,
  checkControlRegister: () => undefined,
  clts: () => 'write',
  lmsw: (source) => source,
  timeStamp: (tsc) => tsc,
  trapFlag: () => undefined,
  deadline: () => undefined,
  boundary: no,
  instructionLimit: () => Number.MAX_SAFE_INTEGER,
  exception: no,
  externalInterrupt: no,
  tripleFault: no,
};
