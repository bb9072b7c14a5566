import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { DumpBuilder, Word } from './builder';
import type { LogicalLine } from './logical-lines';
import { PairFinder, wordsOf } from './pairs';
import { vmcbDigits } from './vmcb-text';

/** How Xen prints a VMCB: `name = %#x`, several on a line. */

const LABELS: Readonly<Record<string, VmcbFieldId>> = {
  exception_intercepts: 'INTERCEPT_EXCEPTION',
  general1_intercepts: 'INTERCEPT_VECTOR_3',
  general2_intercepts: 'INTERCEPT_VECTOR_4',
  general3_intercepts: 'INTERCEPT_VECTOR_5',
  iopm_base_pa: 'IOPM_BASE_PA',
  msrpm_base_pa: 'MSRPM_BASE_PA',
  tsc_offset: 'TSC_OFFSET',
  tlb_control: 'TLB_CONTROL',
  interrupt_shadow: 'INTERRUPT_SHADOW',
  int_stat: 'INTERRUPT_SHADOW',
  exitcode: 'EXITCODE',
  exitinfo1: 'EXITINFO1',
  exitinfo2: 'EXITINFO2',
  np_enable: 'NESTED_CONTROL',
  np_ctrl: 'NESTED_CONTROL',
  guest_asid: 'GUEST_ASID',
  asid: 'GUEST_ASID',
  virt_ext: 'VIRTUALIZATION_EXTENSIONS',
  cpl: 'CPL',
  efer: 'EFER',
  star: 'STAR',
  lstar: 'LSTAR',
  CR0: 'CR0',
  CR2: 'CR2',
  CR3: 'CR3',
  CR4: 'CR4',
  RSP: 'RSP',
  RIP: 'RIP',
  RAX: 'RAX',
  RFLAGS: 'RFLAGS',
  DR6: 'DR6',
  DR7: 'DR7',
  CSTAR: 'CSTAR',
  SFMask: 'SFMASK',
  KernGSBase: 'KERNEL_GS_BASE',
  PAT: 'G_PAT',
  SSP: 'SSP',
  S_CET: 'S_CET',
  ISST: 'ISST_ADDR',
  H_CR3: 'N_CR3',
  CleanBits: 'VMCB_CLEAN',
};

/** Of two neighbouring fields, printed as one number. */
const HALVES: Readonly<Record<string, readonly [VmcbFieldId, VmcbFieldId, bigint]>> = {
  cr_intercepts: ['INTERCEPT_CR_READ', 'INTERCEPT_CR_WRITE', 16n],
  dr_intercepts: ['INTERCEPT_DR_READ', 'INTERCEPT_DR_WRITE', 16n],
  vintr: ['VIRTUAL_INTERRUPT', 'V_INTR_VECTOR', 32n],
  event_inj: ['EVENTINJ', 'EVENTINJ_ERROR_CODE', 32n],
  exit_int_info: ['EXITINTINFO', 'EXITINTINFO_ERROR_CODE', 32n],
};

const PAIRS = new PairFinder([...Object.keys(LABELS), ...Object.keys(HALVES)], '\\s*=\\s*');
/** `event_inj <16 digits>, valid? …` */
const EVENT = /(?<!\w)event_inj ([0-9a-f]+)/d;
const NAMES = '(CS|DS|SS|ES|FS|GS|GDTR|LDTR|IDTR|TR)';
const SEGMENT = new RegExp(
  `(?<!\\w)${NAMES}: (?:sel=(\\S+), attr=(\\S+), limit=(\\S+), base=(\\S*)|([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) *$)`,
  'd',
);
/** What is printed with all its digits. */
const PADDED = /^(CR\d|R[SI]P|RAX|RFLAGS|DR\d|CSTAR|SFMask|KernGSBase|PAT|SSP|S_CET|ISST|H_CR3)$/;

/** Reads the lines of a VMCB as Xen prints it. */
export class XenVmcbText {
  private segments = false;

  constructor(private readonly dump: DumpBuilder) {}

  /** Takes a line; false when it says nothing of a VMCB. */
  take(line: LogicalLine): boolean {
    const before = this.dump.size + this.dump.damages.length;
    this.segment(line);
    for (const { label, word } of PAIRS.in(line)) this.pair(label, word);
    const match = EVENT.exec(line.text);
    const [event] = match ? wordsOf(line, match) : [];
    if (event) this.pair('event_inj', event);
    return this.dump.size + this.dump.damages.length !== before;
  }

  /** The text of the dump has ended. */
  end(): void {
    this.segments = false;
  }

  /** Whether a line begins another dump while this one's is over. */
  beginsAnew(text: string): boolean {
    return this.segments && /(?<!\w)cr_intercepts =/.test(text);
  }

  private pair(label: string, word: Word): void {
    if (!PADDED.test(label) && this.dump.mayBeCut(word)) return;
    const halves = HALVES[label];
    if (halves) {
      const [low, high, shift] = halves;
      const value = this.dump.hexadecimal(word, { least: 1, most: Number(shift) / 2 });
      if (value === undefined) return;
      this.dump.set(low, BigInt.asUintN(Number(shift), value), word.place);
      this.dump.set(high, value >> shift, word.place);
      return;
    }
    const id = LABELS[label];
    if (!id) return;
    if (label === 'cpl') {
      this.dump.set(id, this.dump.decimal(word), word.place);
      return;
    }
    const { most } = vmcbDigits(id);
    const least = PADDED.test(label) ? most : 1;
    this.dump.set(id, this.dump.hexadecimal(word, { least, most }), word.place);
  }

  private segment(line: LogicalLine): void {
    const match = SEGMENT.exec(line.text);
    if (!match) return;
    this.segments = true;
    const [name, ...words] = wordsOf(line, match);
    const [selector, attributes, limit, base] = words.filter(({ text }) => text !== '');
    if (!name || !selector || !attributes || !limit || !base) return;
    const id = name.text as 'CS';
    const put = (field: VmcbFieldId, word: Word): void => {
      this.dump.set(field, this.dump.hexadecimal(word, vmcbDigits(field)), word.place);
    };
    put(`${id}_SELECTOR`, selector);
    put(`${id}_ATTRIB`, attributes);
    put(`${id}_LIMIT`, limit);
    put(`${id}_BASE`, base);
  }
}
