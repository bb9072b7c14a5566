import { SvmExit } from '../../../isa/svm/exit-codes';
import { handleCpuid } from '../../hardware/exits/cpuid';
import { handleHlt } from '../../hardware/exits/hlt';
import { handleHypercall } from '../../hardware/exits/hypercall';
import { answer, type ExitHandler } from '../../hardware/exits/handlers';
import { handlePause } from '../../hardware/exits/pause';
import { handleRdtsc, handleRdtscp } from '../../hardware/exits/time-stamp';
import { handleTripleFault } from '../../hardware/exits/shutdown';
import type { SvmVcpu } from '../svm-vcpu';
import { handleControlRegister } from './control-registers';
import { handleDebugRegister } from './debug-registers';
import { handlePageFault, handleUndefinedOpcode } from './exceptions';
import { handleHostInterrupt, handleVirtualInterrupt } from './interrupts';
import { handleInvlpg, handleInvpcid } from './invalidations';
import { handleIoio } from './ioio';
import { handleMsr } from './msr';
import { handleNestedPageFault } from './nested-page-fault';
import { advance, handleUndefined } from './simple';
import { handleTaskSwitch } from './task-switch';
import { Vector } from '../../../isa/exceptions';

/** Instructions of SVM: the guest was told that it has none. And MONITOR and MWAIT: it is to wait by HLT. */
const UNDEFINED = [
  ...[SvmExit.VMRUN, SvmExit.VMLOAD, SvmExit.VMSAVE, SvmExit.STGI, SvmExit.CLGI, SvmExit.SKINIT],
  ...[SvmExit.INVLPGA, SvmExit.MONITOR, SvmExit.MWAIT],
];

/** Codes of reads and writes of CR0, CR3 and CR4. */
const CONTROL_REGISTERS = [0, 3, 4].flatMap((n) => [SvmExit.CR_READ + n, SvmExit.CR_WRITE + n]);
const DEBUG_REGISTERS = Array.from({ length: 32 }, (_, n) => SvmExit.DR_READ + n);

const on = (codes: number | readonly number[], named: Parameters<typeof answer<SvmVcpu>>[1]) =>
  answer<SvmVcpu>(codes, named);

/** Which handler answers which exit code. A new one is one more file and one more line. */
export const EXIT_HANDLERS: ReadonlyMap<number, ExitHandler<SvmVcpu>> = new Map([
  ...on(CONTROL_REGISTERS, { handleControlRegister }),
  ...on(DEBUG_REGISTERS, { handleDebugRegister }),
  ...on(SvmExit.EXCEPTION + Vector.UD, { handleUndefinedOpcode }),
  ...on(SvmExit.EXCEPTION + Vector.PF, { handlePageFault }),
  ...on(SvmExit.INTR, { handleHostInterrupt }),
  ...on(SvmExit.VINTR, { handleVirtualInterrupt }),
  ...on(SvmExit.RDTSC, { handleRdtsc }),
  ...on(SvmExit.RDTSCP, { handleRdtscp }),
  ...on(SvmExit.CPUID, { handleCpuid }),
  ...on(SvmExit.INVD, { advance }),
  ...on(SvmExit.PAUSE, { handlePause }),
  ...on(SvmExit.HLT, { handleHlt }),
  ...on(SvmExit.INVLPG, { handleInvlpg }),
  ...on(SvmExit.INVPCID, { handleInvpcid }),
  ...on(SvmExit.IOIO, { handleIoio }),
  ...on(SvmExit.MSR, { handleMsr }),
  ...on(SvmExit.TASK_SWITCH, { handleTaskSwitch }),
  ...on(SvmExit.SHUTDOWN, { handleTripleFault }),
  ...on(SvmExit.VMMCALL, { handleHypercall }),
  ...on(UNDEFINED, { handleUndefined }),
  ...on(SvmExit.NPF, { handleNestedPageFault }),
]);

/** The name of the function that answers an exit code. */
export const svmHandlerName = (code: number): string | undefined => EXIT_HANDLERS.get(code)?.name;
