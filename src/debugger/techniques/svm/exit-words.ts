import * as l10n from '@vscode/l10n';
import { setBits } from '../../../isa/bits';
import { describeVector, hasErrorCode, Vector } from '../../../isa/exceptions';
import { PAGE_FAULT_ERROR } from '../../../isa/paging';
import { clauses, withNote } from '../../../isa/phrases';
import { gprName } from '../../../isa/registers/general';
import { msrByNumber } from '../../../isa/registers/msr';
import { SvmExit as E } from '../../../isa/svm/exit-codes';
import {
  IoInformation,
  MOV_CR,
  NestedPageFault,
  TaskSwitchInformation,
} from '../../../isa/svm/exit-information';
import { svmExit } from '../../../isa/svm/exits';
import type { ExitRecord } from '../../trace/exit-trace';
import type { ExitWord } from '../technique';

/** How SVM's exits are spoken of. Codes are signed numbers: VMEXIT_INVALID is -1. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const low = (value: bigint): bigint => value & 0xffffffffn;

/** VMRUN has refused the VMCB. */
export const INVALID = -1;

/** As the APM's appendix C writes it: '400h', '-1'. */
export const exitNumber = (code: number): string =>
  code < 0 ? String(code) : `${code.toString(16).toUpperCase()}h`;

export const exitId = (code: number): string => svmExit(code)?.id ?? `VMEXIT_${hex(code)}`;

export const exitName = (code: number): string =>
  svmExit(code)?.name() ?? l10n.t('exit code {0}', hex(code));

export const exitGloss = (code: number): string => svmExit(code)?.gloss() ?? '';

/** What an exit was about, in a few words: EXITINFO1 and EXITINFO2 decoded, or what its registers say. */
export function exitDetail(exit: ExitRecord): string {
  const { reason: code, information1, rax } = exit;
  if (code >= E.CR_READ && code < E.DR_READ) return controlRegister(exit);
  if (code >= E.DR_READ && code < E.EXCEPTION) return debugRegister(exit);
  if (code >= E.EXCEPTION && code < E.INTR) return exception(exit);
  if (code >= E.EFER_WRITE_TRAP && code < E.CR_WRITE_TRAP + 16) return hex(information1);
  switch (code) {
    case E.CPUID:
      return l10n.t('leaf {0}', hex(low(rax)));
    case E.MSR:
      return msrAccess(exit);
    case E.IOIO:
      return portAccess(information1);
    case E.CR0_SEL_WRITE:
      return controlRegister({ ...exit, reason: E.CR_WRITE });
    case E.VMMCALL:
      return l10n.t('hypercall {0}', hex(rax));
    case E.INVLPG:
    case E.INVLPGA:
      return hex(information1);
    case E.INTN:
      return l10n.t('vector {0}', hex(information1));
    case E.VMRUN:
    case E.VMLOAD:
    case E.VMSAVE:
      return l10n.t('VMCB at {0}', hex(rax));
    case E.TASK_SWITCH:
      return taskSwitch(exit);
    case E.NPF:
      return nestedPageFault(exit);
    default:
      return '';
  }
}

/** Without decode assists, and for CLTS, LMSW and SMSW, nothing is told. */
function controlRegister({ reason: code, information1 }: ExitRecord): string {
  if ((information1 & MOV_CR) === 0n) return '';
  return move(`CR${String(code % 16)}`, code >= E.CR_WRITE, information1);
}

const debugRegister = ({ reason: code, information1 }: ExitRecord): string =>
  move(`DR${String(code % 16)}`, code >= E.DR_WRITE, information1);

function move(register: string, isWrite: boolean, information: bigint): string {
  const gpr = gprName(Number(information & 0xfn), 64).toUpperCase();
  return isWrite ? `MOV ${register}, ${gpr}` : `MOV ${gpr}, ${register}`;
}

/** The error code, and of a page fault the address. */
function exception({ reason, information1, information2 }: ExitRecord): string {
  const vector = reason - E.EXCEPTION;
  const name = describeVector(vector);
  if (!hasErrorCode(vector)) return name;
  const code = l10n.t('error code {0}', hex(information1));
  if (vector !== Vector.PF) return clauses(name, code);
  return clauses(
    name,
    l10n.t('linear {0}', hex(information2)),
    withNote(code, bitsOf(information1)),
  );
}

const bitsOf = (errorCode: bigint): string => setBits(PAGE_FAULT_ERROR, errorCode).join(' ');

function msrAccess({ information1, rcx }: ExitRecord): string {
  const number = Number(low(rcx));
  const name = msrByNumber(number)?.name ?? `MSR ${hex(number)}`;
  return `${information1 & 1n ? 'WRMSR' : 'RDMSR'} ${name}`;
}

/** 'OUT port 0x3f8, 1 byte' */
function portAccess(information: bigint): string {
  const bits = Number(low(information));
  const is = (mask: number): boolean => (bits & mask) !== 0;
  const name = `${is(IoInformation.REP) ? 'REP ' : ''}${is(IoInformation.TYPE) ? 'IN' : 'OUT'}${is(IoInformation.STR) ? 'S' : ''}`;
  const size = is(IoInformation.SZ8) ? '1 byte' : is(IoInformation.SZ16) ? '2 bytes' : '4 bytes';
  return l10n.t('{0} port {1}, {2}', name, hex(bits >>> IoInformation.PORT_SHIFT), l10n.t(size));
}

function taskSwitch({ information1, information2 }: ExitRecord): string {
  const source =
    information2 & TaskSwitchInformation.IRET
      ? 'IRET'
      : information2 & TaskSwitchInformation.JMP
        ? 'JMP'
        : l10n.t('CALL or an event');
  return l10n.t('to TSS {0} by {1}', hex(information1 & 0xffffn), source);
}

/** 'guest-physical 0x8123: read, not mapped' */
function nestedPageFault({ information1, information2 }: ExitRecord): string {
  const is = (mask: bigint): boolean => (information1 & mask) !== 0n;
  const access = is(16n) ? l10n.t('instruction fetch') : is(2n) ? l10n.t('write') : l10n.t('read');
  const why = is(8n)
    ? l10n.t('a reserved bit is set')
    : is(1n)
      ? l10n.t('not allowed')
      : l10n.t('not mapped');
  const walk = is(NestedPageFault.TABLE) ? l10n.t('during the guest page walk') : '';
  return l10n.t('guest-physical {0}: {1}', hex(information2), clauses(access, why, walk));
}

/** `#VMEXIT 42: CPUID (leaf 0x1)` */
export function exitTitle(exit: ExitRecord): string {
  const text = withNote(exitName(exit.reason), exitDetail(exit));
  if (exit.entryFailed) return l10n.t('VMRUN failed: {0}', text);
  return l10n.t('#VMEXIT {0}: {1}', exit.number, text);
}

export const isTripleFault = (code: number): boolean => code === E.SHUTDOWN;

export const EXIT_WORDS: readonly ExitWord[] = [
  {
    name: 'reason',
    type: 'exit code',
    width: 64,
    value: ({ reason }) => BigInt.asUintN(64, BigInt(reason)),
    meaning: ({ reason }) => exitName(reason),
  },
  {
    name: 'info1',
    type: 'EXITINFO1',
    width: 64,
    value: ({ information1 }) => information1,
    meaning: exitDetail,
  },
  {
    name: 'info2',
    type: 'EXITINFO2',
    width: 64,
    value: ({ information2 }) => information2,
    meaning: exitDetail,
  },
  {
    name: 'intinfo',
    type: 'EXITINTINFO',
    width: 32,
    value: ({ interruption }) => BigInt(interruption),
    meaning: ({ interruption }) =>
      interruption >>> 31 === 1 ? describeVector(interruption & 0xff) : '',
  },
];
