import { vmcbField, type VmcbFieldId } from '../isa/svm/vmcb';

/** Prints a VMCB as the hypervisors of several generations do, for tests of what reads that. */

export type VmcbValues = Partial<Record<VmcbFieldId, bigint | number>>;

export interface VmcbPrinter {
  readonly name: string;
  readonly format: 'kvm' | 'xen' | 'ringside';
  readonly print: (values: VmcbValues) => string;
}

const SEGMENTS = ['ES', 'CS', 'SS', 'DS', 'FS', 'GS', 'GDTR', 'LDTR', 'IDTR', 'TR'] as const;

/** A guest in 64-bit mode under nested paging, whose VMRUN worked. */
export const GOOD_VMCB: VmcbValues = {
  INTERCEPT_CR_WRITE: 0x10,
  INTERCEPT_DR_READ: 0xff,
  INTERCEPT_DR_WRITE: 0xff,
  INTERCEPT_EXCEPTION: 0x60042,
  INTERCEPT_VECTOR_3: 0xbd44800f,
  INTERCEPT_VECTOR_4: 0x2e7f,
  PAUSE_FILTER_COUNT: 3000,
  PAUSE_FILTER_THRESHOLD: 128,
  IOPM_BASE_PA: 0x148e44000n,
  MSRPM_BASE_PA: 0x276e3e000n,
  TSC_OFFSET: 0xffff6b01ea8aa6f6n,
  GUEST_ASID: 3,
  VIRTUAL_INTERRUPT: 0x01000200,
  EXITCODE: 0x400n,
  EXITINFO1: 0x100000004n,
  EXITINFO2: 0xfee000b0n,
  NESTED_CONTROL: 1,
  N_CR3: 0x22fc06000n,
  VIRTUALIZATION_EXTENSIONS: 3,
  ES_LIMIT: 0xffffffff,
  CS_SELECTOR: 0x10,
  CS_ATTRIB: 0xa9b,
  CS_LIMIT: 0xffffffff,
  SS_SELECTOR: 0x18,
  SS_ATTRIB: 0xc93,
  SS_LIMIT: 0xffffffff,
  GDTR_LIMIT: 0x7f,
  GDTR_BASE: 0xfffffe0000001000n,
  IDTR_LIMIT: 0xfff,
  IDTR_BASE: 0xfffffe0000000000n,
  TR_SELECTOR: 0x40,
  TR_ATTRIB: 0x8b,
  TR_LIMIT: 0x4087,
  TR_BASE: 0xfffffe0000003000n,
  EFER: 0x1d01,
  CR0: 0x80050033,
  CR3: 0x2e23000,
  CR4: 0x6f0,
  DR6: 0xffff0ff0,
  DR7: 0x400,
  RIP: 0xffffffff820e26can,
  RFLAGS: 0x246,
  RSP: 0xffffffff82e03e00n,
  G_PAT: 0x0407050600070106n,
};

class Page {
  private readonly lines: string[] = [];

  constructor(
    private readonly values: VmcbValues,
    private readonly prefix: string,
  ) {}

  value(id: VmcbFieldId): bigint {
    return BigInt(this.values[id] ?? 0);
  }

  hex(id: VmcbFieldId, digits = (vmcbField(id)?.width ?? 64) / 4): string {
    return this.value(id).toString(16).padStart(digits, '0');
  }

  /** As the format %#x of C: zero has no prefix. */
  sharp(value: bigint): string {
    return value === 0n ? '0' : `0x${value.toString(16)}`;
  }

  add(text: string): void {
    this.lines.push(`${this.prefix}${text}`);
  }

  pair(label: string, value: string): void {
    this.add(`${label}:`.padEnd(20) + value);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

function kvm(values: VmcbValues, prefix: string, later: boolean): string {
  const page = new Page(values, prefix);
  if (later) page.add('VMCB 00000000759a48a5, last attempted VMRUN on CPU 7');
  else page.add('KVM: FAILED VMRUN WITH VMCB:');
  page.add('VMCB Control Area:');
  page.pair('cr_read', page.hex('INTERCEPT_CR_READ'));
  page.pair('cr_write', page.hex('INTERCEPT_CR_WRITE'));
  page.pair('dr_read', page.hex('INTERCEPT_DR_READ'));
  page.pair('dr_write', page.hex('INTERCEPT_DR_WRITE'));
  page.pair('exceptions', page.hex('INTERCEPT_EXCEPTION'));
  const [third, fourth] = [page.hex('INTERCEPT_VECTOR_3'), page.hex('INTERCEPT_VECTOR_4')];
  page.pair('intercepts', later ? `${third} ${fourth}` : fourth + third);
  page.pair('pause filter count', String(page.value('PAUSE_FILTER_COUNT')));
  page.pair('pause filter threshold', String(page.value('PAUSE_FILTER_THRESHOLD')));
  page.pair('iopm_base_pa', page.hex('IOPM_BASE_PA'));
  page.pair('msrpm_base_pa', page.hex('MSRPM_BASE_PA'));
  page.pair('tsc_offset', page.hex('TSC_OFFSET'));
  page.pair('asid', String(page.value('GUEST_ASID')));
  page.pair('tlb_ctl', String(page.value('TLB_CONTROL')));
  page.pair('int_ctl', page.hex('VIRTUAL_INTERRUPT'));
  page.pair('int_vector', page.hex('V_INTR_VECTOR'));
  page.pair('int_state', page.hex('INTERRUPT_SHADOW', 8));
  page.pair('exit_code', BigInt.asUintN(32, page.value('EXITCODE')).toString(16).padStart(8, '0'));
  page.pair('exit_info1', page.hex('EXITINFO1'));
  page.pair('exit_info2', page.hex('EXITINFO2'));
  page.pair('exit_int_info', page.hex('EXITINTINFO'));
  page.pair('exit_int_info_err', page.hex('EXITINTINFO_ERROR_CODE'));
  page.pair('nested_ctl', String(page.value('NESTED_CONTROL')));
  page.pair('nested_cr3', page.hex('N_CR3'));
  page.pair('event_inj', page.hex('EVENTINJ'));
  page.pair('event_inj_err', page.hex('EVENTINJ_ERROR_CODE'));
  page.pair('virt_ext', String(page.value('VIRTUALIZATION_EXTENSIONS')));
  page.pair('next_rip', page.hex('NRIP'));
  page.add('VMCB State Save Area:');
  for (const name of SEGMENTS) {
    page.add(
      `${`${name.toLowerCase()}:`.padEnd(5)} s: ${page.hex(`${name}_SELECTOR`)} a: ${page.hex(`${name}_ATTRIB`)} l: ${page.hex(`${name}_LIMIT`)} b: ${page.hex(`${name}_BASE`)}`,
    );
  }
  page.add(
    `cpl:            ${String(page.value('CPL'))}                efer:         ${page.hex('EFER')}`,
  );
  for (const [left, a, right, b] of PAIRS) {
    page.add(`${left.padEnd(16)}${page.hex(a)} ${right.padEnd(13)}${page.hex(b)}`);
  }
  return page.text();
}

const PAIRS: readonly [string, VmcbFieldId, string, VmcbFieldId][] = [
  ['cr0:', 'CR0', 'cr2:', 'CR2'],
  ['cr3:', 'CR3', 'cr4:', 'CR4'],
  ['dr6:', 'DR6', 'dr7:', 'DR7'],
  ['rip:', 'RIP', 'rflags:', 'RFLAGS'],
  ['rsp:', 'RSP', 'rax:', 'RAX'],
  ['star:', 'STAR', 'lstar:', 'LSTAR'],
  ['gpat:', 'G_PAT', 'dbgctl:', 'DBGCTL'],
];

function xen(values: VmcbValues, later: boolean): string {
  const page = new Page(values, '(XEN) ');
  const of = (id: VmcbFieldId): string => page.sharp(page.value(id));
  const halves = (low: VmcbFieldId, high: VmcbFieldId, shift: bigint): bigint =>
    (page.value(high) << shift) | page.value(low);
  page.add("Dumping guest's current state at svm_vmexit_handler...");
  page.add('Size of VMCB = 4096, paddr = 0000000847733000, vaddr = ffff830847733000');
  page.add(
    `cr_intercepts = ${page.sharp(halves('INTERCEPT_CR_READ', 'INTERCEPT_CR_WRITE', 16n))} dr_intercepts = ${page.sharp(halves('INTERCEPT_DR_READ', 'INTERCEPT_DR_WRITE', 16n))} exception_intercepts = ${of('INTERCEPT_EXCEPTION')}`,
  );
  page.add(
    `general1_intercepts = ${of('INTERCEPT_VECTOR_3')} general2_intercepts = ${of('INTERCEPT_VECTOR_4')}`,
  );
  page.add(
    `iopm_base_pa = ${of('IOPM_BASE_PA')} msrpm_base_pa = ${of('MSRPM_BASE_PA')} tsc_offset = ${of('TSC_OFFSET')}`,
  );
  page.add(
    `tlb_control = ${of('TLB_CONTROL')} vintr = ${of('VIRTUAL_INTERRUPT')} ${later ? 'int_stat' : 'interrupt_shadow'} = ${of('INTERRUPT_SHADOW')}`,
  );
  const event = halves('EVENTINJ', 'EVENTINJ_ERROR_CODE', 32n).toString(16).padStart(16, '0');
  page.add(`event_inj ${event}, valid? 0, ec? 0, type 0, vector 0`);
  page.add(`exitcode = ${of('EXITCODE')} exit_int_info = ${of('EXITINTINFO')}`);
  page.add(`exitinfo1 = ${of('EXITINFO1')} exitinfo2 = ${of('EXITINFO2')}`);
  page.add(
    later
      ? `asid = ${of('GUEST_ASID')} np_ctrl = ${of('NESTED_CONTROL')}: NP`
      : `np_enable = ${of('NESTED_CONTROL')} guest_asid = ${of('GUEST_ASID')}`,
  );
  page.add(`cpl = ${String(page.value('CPL'))} efer = ${of('EFER')} star = 0 lstar = 0`);
  page.add(`CR0 = 0x${page.hex('CR0')} CR2 = 0x${page.hex('CR2')}`);
  page.add(`CR3 = 0x${page.hex('CR3')} CR4 = 0x${page.hex('CR4')}`);
  page.add(`RSP = 0x${page.hex('RSP')}  RIP = 0x${page.hex('RIP')}`);
  page.add(`RAX = 0x${page.hex('RAX')}  RFLAGS=0x${page.hex('RFLAGS')}`);
  page.add(`DR6 = 0x${page.hex('DR6')}, DR7 = 0x${page.hex('DR7')}`);
  page.add(`KernGSBase = 0x0000000000000000 PAT = 0x${page.hex('G_PAT')}`);
  page.add(`H_CR3 = 0x${page.hex('N_CR3')} CleanBits = 0`);
  if (later) page.add('       sel attr  limit   base');
  for (const name of SEGMENTS) {
    const parts = [
      page.hex(`${name}_SELECTOR`),
      page.hex(`${name}_ATTRIB`),
      page.hex(`${name}_LIMIT`),
      page.hex(`${name}_BASE`),
    ] as const;
    page.add(
      later
        ? `${name.padStart(4)}: ${parts.join(' ')}`
        : `${name}: sel=0x${parts[0]}, attr=0x${parts[1]}, limit=0x${parts[2]}, base=0x${parts[3]}`,
    );
  }
  return page.text();
}

const json = (values: VmcbValues): string => {
  const zeros = { EVENTINJ: 0, CR2: 0 };
  const entries = Object.entries({ ...zeros, ...values });
  const vmcb = Object.fromEntries(entries.map(([id, value]) => [id, `0x${value.toString(16)}`]));
  return `${JSON.stringify({ vmcb }, undefined, 2)}\n`;
};

export const VMCB_PRINTERS: readonly VmcbPrinter[] = [
  { name: 'KVM of Linux 4.19', format: 'kvm', print: (values) => kvm(values, '', false) },
  { name: 'KVM of Linux 5.15', format: 'kvm', print: (values) => kvm(values, 'SVM: ', true) },
  { name: 'KVM of Linux 6.6', format: 'kvm', print: (values) => kvm(values, 'kvm_amd: ', true) },
  { name: 'Xen 4.7', format: 'xen', print: (values) => xen(values, false) },
  { name: 'Xen 4.17', format: 'xen', print: (values) => xen(values, true) },
  { name: 'JSON', format: 'ringside', print: json },
];
