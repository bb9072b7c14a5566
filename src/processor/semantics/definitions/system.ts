import { DS, ES, FS, GS, SS } from '../../state/layout';
import { loadDataSegment } from '../../segments/load-data';
import { clearAccessFlag, setAccessFlag } from '../../system/access-flag';
import {
  clearTaskSwitched,
  loadMachineStatusWord,
  storeMachineStatusWord,
} from '../../system/control-registers';
import { identify } from '../../system/cpuid';
import * as tables from '../../system/descriptor-tables';
import * as fast from '../../system/fast-calls';
import * as halt from '../../system/halt';
import * as msr from '../../system/msr';
import * as ports from '../../system/port-instructions';
import * as keys from '../../system/protection-keys';
import * as time from '../../system/time';
import { monitor, monitorWait } from '../../system/monitor-wait';
import { readRandom, readSeed } from '../../system/random';
import { invalidatePage, invalidatePcid } from '../../system/tlb-instructions';
import {
  compareExchange16Bytes,
  compareExchange8Bytes,
  loadFarPointer,
} from '../../system/wide-exchange';
import * as svm from '../../svm/instructions';
import * as vmx from '../../vmx/instructions';
import { instruction } from '../instruction';
import type { SlowPath } from '../slow-path';

/** Instructions that are done in TypeScript from beginning to end. */
const SYSTEM: Readonly<Record<string, SlowPath>> = {
  CPUID: identify,
  HLT: halt.halt,
  PAUSE: halt.pause,
  RSM: halt.resumeFromManagement,
  UD0: halt.undefinedInstruction,
  UD1: halt.undefinedInstruction,
  UD2: halt.undefinedInstruction,
  INVD: halt.invalidateCaches,
  WBINVD: halt.writeBackCaches,
  WBNOINVD: halt.writeBackCaches,
  MONITOR: monitor,
  MWAIT: monitorWait,
  RDRAND: readRandom,
  RDSEED: readSeed,
  BOUND: halt.checkBounds,
  ARPL: halt.adjustRpl,
  IN: ports.portInput,
  OUT: ports.portOutput,
  RDMSR: msr.readModelSpecificRegister,
  WRMSR: msr.writeModelSpecificRegister,
  RDTSC: time.readTimeStamp,
  RDTSCP: time.readTimeStampAndProcessor,
  RDPKRU: keys.readPkru,
  WRPKRU: keys.writePkru,
  RDPID: time.readProcessorId,
  RDPMC: time.readPerformanceCounter,
  INVLPG: invalidatePage,
  INVPCID: invalidatePcid,
  CLAC: clearAccessFlag,
  STAC: setAccessFlag,
  CLTS: clearTaskSwitched,
  LMSW: loadMachineStatusWord,
  SMSW: storeMachineStatusWord,
  LGDT: tables.loadGdtr,
  LIDT: tables.loadIdtr,
  SGDT: tables.storeGdtr,
  SIDT: tables.storeIdtr,
  LLDT: tables.loadLdtr,
  LTR: tables.loadTaskRegister,
  SLDT: tables.storeLdtr,
  STR: tables.storeTaskRegister,
  LAR: tables.loadAccessRights,
  LSL: tables.loadSegmentLimit,
  VERR: tables.verifyRead,
  VERW: tables.verifyWrite,
  SYSCALL: fast.systemCall,
  SYSRET: fast.systemReturn,
  SYSRETQ: fast.systemReturn,
  SYSENTER: fast.systemEnter,
  SYSEXIT: fast.systemExit,
  SYSEXITQ: fast.systemExit,
  SWAPGS: fast.swapGs,
  RDFSBASE: fast.readFsBase,
  RDGSBASE: fast.readGsBase,
  WRFSBASE: fast.writeFsBase,
  WRGSBASE: fast.writeGsBase,
  CMPXCHG8B: compareExchange8Bytes,
  CMPXCHG16B: compareExchange16Bytes,
  VMXON: vmx.vmxon,
  VMXOFF: vmx.vmxoff,
  VMCLEAR: vmx.vmclear,
  VMPTRLD: vmx.vmptrld,
  VMPTRST: vmx.vmptrst,
  VMREAD: vmx.vmread,
  VMWRITE: vmx.vmwrite,
  VMLAUNCH: vmx.vmlaunch,
  VMRESUME: vmx.vmresume,
  VMCALL: vmx.vmcall,
  INVEPT: vmx.invept,
  INVVPID: vmx.invvpid,
  VMFUNC: vmx.vmfunc,
  VMRUN: svm.vmrun,
  VMMCALL: svm.vmmcall,
  VMLOAD: svm.vmload,
  VMSAVE: svm.vmsave,
  STGI: svm.stgi,
  CLGI: svm.clgi,
  SKINIT: svm.skinit,
  INVLPGA: svm.invlpga,
};

for (const [mnemonic, path] of Object.entries(SYSTEM)) {
  instruction(mnemonic, (m) => {
    m.slow(path);
  });
}

/** LDS, LES, LSS, LFS, LGS. */
for (const [name, index] of Object.entries({ LDS: DS, LES: ES, LSS: SS, LFS: FS, LGS: GS })) {
  const path = loadFarPointer((cpu, selector) => {
    loadDataSegment(cpu, index, selector);
  });
  instruction(name, (m) => {
    m.slow(path);
  });
}
