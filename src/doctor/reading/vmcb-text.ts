import { vmcbField, type VmcbFieldId } from '../../isa/svm/vmcb';
import type { Digits, DumpBuilder, Word } from './builder';
import type { LogicalLine } from './logical-lines';
import { PairFinder, wordsOf } from './pairs';

/** How KVM prints a VMCB: `label:` padded to 20 columns, and the value. */

/** Decimal numbers. */
const DECIMAL: Readonly<Record<string, VmcbFieldId>> = {
  'pause filter count': 'PAUSE_FILTER_COUNT',
  'pause filter threshold': 'PAUSE_FILTER_THRESHOLD',
  asid: 'GUEST_ASID',
  tlb_ctl: 'TLB_CONTROL',
  nested_ctl: 'NESTED_CONTROL',
  misc_ctl: 'NESTED_CONTROL',
  virt_ext: 'VIRTUALIZATION_EXTENSIONS',
  misc_ctl2: 'VIRTUALIZATION_EXTENSIONS',
  cpl: 'CPL',
  vmpl: 'VMPL',
};

/** Hexadecimal numbers as wide as their fields; of wider fields the low 32 bits where 8 is said. */
const HEXADECIMAL: Readonly<Record<string, VmcbFieldId | readonly [VmcbFieldId, number]>> = {
  cr_read: 'INTERCEPT_CR_READ',
  cr_write: 'INTERCEPT_CR_WRITE',
  dr_read: 'INTERCEPT_DR_READ',
  dr_write: 'INTERCEPT_DR_WRITE',
  exceptions: 'INTERCEPT_EXCEPTION',
  iopm_base_pa: 'IOPM_BASE_PA',
  msrpm_base_pa: 'MSRPM_BASE_PA',
  tsc_offset: 'TSC_OFFSET',
  int_ctl: 'VIRTUAL_INTERRUPT',
  int_vector: 'V_INTR_VECTOR',
  int_state: ['INTERRUPT_SHADOW', 8],
  exit_info1: 'EXITINFO1',
  exit_info2: 'EXITINFO2',
  exit_int_info: 'EXITINTINFO',
  exit_int_info_err: 'EXITINTINFO_ERROR_CODE',
  nested_cr3: 'N_CR3',
  avic_vapic_bar: 'AVIC_APIC_BAR',
  ghcb: 'GHCB_GPA',
  event_inj: 'EVENTINJ',
  event_inj_err: 'EVENTINJ_ERROR_CODE',
  next_rip: 'NRIP',
  avic_backing_page: 'AVIC_BACKING_PAGE',
  avic_logical_id: 'AVIC_LOGICAL_TABLE',
  avic_physical_id: 'AVIC_PHYSICAL_TABLE',
  vmsa_pa: 'VMSA_PA',
  allowed_sev_features: 'ALLOWED_SEV_FEATURES',
  guest_sev_features: 'GUEST_SEV_FEATURES',
  efer: 'EFER',
  cr0: 'CR0',
  cr2: 'CR2',
  cr3: 'CR3',
  cr4: 'CR4',
  dr6: 'DR6',
  dr7: 'DR7',
  rip: 'RIP',
  rflags: 'RFLAGS',
  rsp: 'RSP',
  rax: 'RAX',
  star: 'STAR',
  lstar: 'LSTAR',
  cstar: 'CSTAR',
  sfmask: 'SFMASK',
  kernel_gs_base: 'KERNEL_GS_BASE',
  sysenter_cs: 'SYSENTER_CS',
  sysenter_esp: 'SYSENTER_ESP',
  sysenter_eip: 'SYSENTER_EIP',
  gpat: 'G_PAT',
  dbgctl: 'DBGCTL',
  br_from: 'BR_FROM',
  br_to: 'BR_TO',
  excp_from: 'LASTEXCPFROM',
  excp_to: 'LASTEXCPTO',
};

const DECIMAL_PAIRS = new PairFinder(Object.keys(DECIMAL), ': *');
const HEXADECIMAL_PAIRS = new PairFinder([...Object.keys(HEXADECIMAL), 'exit_code'], ': *');
/** The features of a VMSA have no colon. */
const SEV_FEATURES = /(?<![\w])sev_features:? +([0-9a-f]+)/d;
const INTERCEPTS = /(?<!\w)intercepts: *(\S+)(?: +(\S+))?/d;
const SEGMENT =
  /(?<!\w)(es|cs|ss|ds|fs|gs|gdtr|ldtr|idtr|tr): *s: *(\S+) +a: *(\S+) +l: *(\S+) +b: *(\S*)/d;

/** The digits of a field that is printed as wide as it is. */
export function vmcbDigits(id: VmcbFieldId): Digits {
  const digits = (vmcbField(id)?.width ?? 64) / 4;
  return { least: digits, most: digits };
}

/** Reads the lines of a VMCB as KVM prints it. */
export class VmcbText {
  private saveArea = false;

  constructor(private readonly dump: DumpBuilder) {}

  /** Takes a line; false when it says nothing of a VMCB. */
  take(line: LogicalLine): boolean {
    if (line.text.includes('VMCB State Save Area:')) {
      this.saveArea = true;
      return true;
    }
    const before = this.dump.size + this.dump.damages.length;
    this.intercepts(line);
    this.segment(line);
    this.pairs(line);
    return this.dump.size + this.dump.damages.length !== before;
  }

  /** The text of the dump has ended. */
  end(): void {
    this.saveArea = false;
  }

  /** Whether a line begins a control area while this one's is over. */
  beginsAnew(text: string): boolean {
    return this.saveArea && /(?<!\w)cr_read:/.test(text);
  }

  private put(id: VmcbFieldId, word: Word, digits = vmcbDigits(id)): void {
    this.dump.set(id, this.dump.hexadecimal(word, digits), word.place);
  }

  /** One number of 16 digits, vector 4 first, up to Linux 5.8; two words, vector 3 first, later. */
  private intercepts(line: LogicalLine): void {
    const match = INTERCEPTS.exec(line.text);
    const [first, second] = match ? wordsOf(line, match) : [];
    if (!first) return;
    if (second?.text) {
      this.put('INTERCEPT_VECTOR_3', first);
      this.put('INTERCEPT_VECTOR_4', second);
      return;
    }
    // Eight digits are the first of two words whose second is cut off.
    if (first.text.length === 8) {
      this.put('INTERCEPT_VECTOR_3', first);
      return;
    }
    const both = this.dump.hexadecimal(first, { least: 16, most: 16 });
    if (both === undefined) return;
    this.dump.set('INTERCEPT_VECTOR_3', both & 0xffff_ffffn, first.place);
    this.dump.set('INTERCEPT_VECTOR_4', both >> 32n, first.place);
  }

  private segment(line: LogicalLine): void {
    const match = SEGMENT.exec(line.text);
    if (!match) return;
    const [name, selector, attributes, limit, base] = wordsOf(line, match);
    if (!name || !selector || !attributes || !limit || !base) return;
    const id = name.text.toUpperCase() as 'CS';
    this.put(`${id}_SELECTOR`, selector);
    this.put(`${id}_ATTRIB`, attributes);
    this.put(`${id}_LIMIT`, limit);
    this.put(`${id}_BASE`, base);
  }

  private pairs(line: LogicalLine): void {
    for (const { label, word } of DECIMAL_PAIRS.in(line)) {
      const id = DECIMAL[label];
      if (id) this.dump.set(id, this.dump.decimal(word), word.place);
    }
    for (const { label, word } of HEXADECIMAL_PAIRS.in(line)) {
      if (label === 'exit_code') this.exitCode(word);
      const of = HEXADECIMAL[label];
      if (of === undefined) continue;
      if (typeof of === 'string') this.put(of, word);
      else this.put(of[0], word, { least: of[1], most: of[1] });
    }
    const features = SEV_FEATURES.exec(line.text);
    const [word] = features ? wordsOf(line, features) : [];
    if (word) this.put('SEV_FEATURES', word);
  }

  /** The low 32 bits: those of the codes that report a failure are negative numbers. */
  private exitCode(word: Word): void {
    const code = this.dump.hexadecimal(word, { least: 8, most: 16 });
    if (code === undefined) return;
    const wide = word.text.length > 8 ? code : BigInt.asUintN(64, BigInt.asIntN(32, code));
    this.dump.set('EXITCODE', wide, word.place);
  }
}
