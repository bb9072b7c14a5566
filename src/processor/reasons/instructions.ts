import * as l10n from '@vscode/l10n';
import { hex, reason, type Reason } from './reason';

/** Instructions that do not exist where they are executed (SDM 3A 6.15, #UD; 2). */

/** The bytes decode to nothing. */
export const noInstruction = (bytes: Uint8Array, bits: number): Reason =>
  reason('no-such-instruction', 'SDM 3A 6.15', () =>
    l10n.t(
      'The bytes {0} are no instruction of {1}-bit code.',
      [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      bits,
    ),
  );

/** An instruction of another model of processor: no bit of CPUID tells of it here. */
export const notOfThisProcessor = (mnemonic: string): Reason =>
  reason('other-processor', 'SDM 3A 6.15', () =>
    l10n.t('This processor does not have {0}: CPUID does not tell of it.', mnemonic),
  );

export const meantToBeUndefined = (): Reason =>
  reason('ud-instruction', 'SDM 2B UD', () =>
    l10n.t('The instruction is defined to raise this exception.'),
  );

export const lowerRingOnly = (cpl: number): Reason =>
  reason('ud-privilege', 'SDM 3A 6.15', () =>
    l10n.t('The instruction exists in ring 0 only; CPL is {0}.', cpl),
  );

export const notInRealMode = (virtual8086: boolean): Reason =>
  reason('needs-protected-mode', 'SDM 3A 6.15', () =>
    virtual8086
      ? l10n.t('The instruction does not exist in virtual-8086 mode.')
      : l10n.t('The instruction does not exist in real-address mode.'),
  );

export const only64Bit = (): Reason =>
  reason('needs-64-bit-mode', 'SDM 3A 6.15', () =>
    l10n.t('The instruction exists in 64-bit mode only.'),
  );

export const not64Bit = (): Reason =>
  reason('not-in-64-bit-mode', 'SDM 3A 6.15', () =>
    l10n.t('The instruction does not exist in 64-bit mode.'),
  );

export const notEnabled = (bit: string): Reason =>
  reason('not-enabled', 'SDM 3A 6.15', () =>
    l10n.t('The instruction exists only where {0} is 1.', bit),
  );

export const onlyInManagementMode = (): Reason =>
  reason('rsm-outside-smm', 'SDM 3C 32.2', () =>
    l10n.t('RSM exists in system-management mode only.'),
  );

export const notInLongMode = (): Reason =>
  reason('not-in-long-mode', 'APM 3 SYSENTER', () =>
    l10n.t('AMD’s processors do not have the instruction in long mode.'),
  );

export const noSuchControlRegister = (number: number): Reason =>
  reason('no-control-register', 'SDM 2B MOV', () => l10n.t('There is no CR{0}.', number));

/** DR4 and DR5 are other names of DR6 and DR7 unless CR4.DE is set. */
export const noDebugAlias = (number: number): Reason =>
  reason('no-debug-register', 'SDM 3B 18.2.2', () =>
    l10n.t('CR4.DE is 1: there is no DR{0}.', number),
  );

export const csNotLoaded = (): Reason =>
  reason('mov-cs', 'SDM 2B MOV', () =>
    l10n.t('CS cannot be loaded by MOV or POP: a far JMP, CALL or RET does that.'),
  );

export const wrongOperands = (): Reason =>
  reason('operands', 'SDM 3A 6.15', () => l10n.t('The instruction has no such operands.'));

export const taskSwitched = (): Reason =>
  reason('task-switched', 'SDM 3A 2.5', () =>
    l10n.t('CR0.TS is 1: the registers of the x87 and vector units belong to another task.'),
  );

export const fpuEmulated = (): Reason =>
  reason('fpu-emulated', 'SDM 3A 2.5', () =>
    l10n.t('CR0.EM is 1: x87 instructions are for software to emulate, and there is no SSE.'),
  );

/** In guest mode some instructions exist only where the VMM has enabled them. */
export const notEnabledByVmm = (control: string): Reason =>
  reason('not-enabled-by-vmm', 'SDM 3C 26.3', () =>
    l10n.t('In a guest the instruction exists only with the VM-execution control "{0}".', control),
  );

export const monitorExtension = (extensions: bigint): Reason =>
  reason('monitor-extension', 'SDM 2B MONITOR', () =>
    l10n.t(
      'ECX asks MONITOR or MWAIT for extensions that this processor lacks: {0}.',
      hex(extensions),
    ),
  );

export const coprocessorUnavailable = (): Reason =>
  reason('coprocessor', 'SDM 3A 2.5', () =>
    l10n.t('CR0.MP and CR0.TS are 1: the state of the x87 FPU belongs to another task.'),
  );

export const noSysenter = (protectedMode: boolean): Reason =>
  reason('sysenter-cs', 'SDM 2B SYSENTER', () =>
    protectedMode
      ? l10n.t('IA32_SYSENTER_CS is 0: nobody has set up SYSENTER.')
      : l10n.t('SYSENTER and SYSEXIT do not exist in real-address mode.'),
  );

export const nestedTask = (): Reason =>
  reason('iret-nested-task', 'SDM 2A IRET', () =>
    l10n.t('RFLAGS.NT is 1, and IA-32e mode has no task to return to.'),
  );

export const targetBeyond16Bits = (target: bigint): Reason =>
  reason('virtual-8086-target', 'SDM 2A IRET', () =>
    l10n.t('A return to virtual-8086 mode needs an IP of 16 bits, not {0}.', hex(target)),
  );
