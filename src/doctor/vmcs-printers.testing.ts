import { EntryControl, ExitControl, PrimaryControl, SecondaryControl } from '../isa/vmx/controls';
import { fieldBits, fieldByName, type FieldId } from '../isa/vmx/fields';
import type { FieldValues } from '../processor/vmx/entry-checks/valid-vmcs.testing';

/** Prints a VMCS as the hypervisors of several generations do, for tests of what reads that. */

export interface VmcsModel {
  readonly fields: FieldValues;
  /** Exit reason and qualification, as the exit left them. */
  readonly reason?: number;
  readonly qualification?: number;
}

export interface VmcsPrinter {
  readonly name: string;
  readonly format: 'kvm' | 'xen' | 'hvext' | 'ringside';
  readonly print: (model: VmcsModel) => string;
  /** Fields that it never prints, by whatever controls. */
  readonly prints: (id: FieldId) => boolean;
}

class Page {
  constructor(
    private readonly model: VmcsModel,
    readonly prefix: (line: number) => string,
  ) {}

  private readonly lines: string[] = [];

  value(id: FieldId): bigint {
    const { reason, qualification, fields } = this.model;
    if (id === 'VM_EXIT_REASON') return BigInt(reason ?? 0);
    if (id === 'EXIT_QUALIFICATION') return BigInt(qualification ?? 0);
    return BigInt(fields[id] ?? 0);
  }

  hex(id: FieldId, digits = this.digits(id)): string {
    return this.value(id).toString(16).padStart(digits, '0');
  }

  digits(id: FieldId): number {
    const row = fieldByName(id);
    return row ? fieldBits(row) / 4 : 16;
  }

  on(id: FieldId, mask: number): boolean {
    return (Number(this.value(id)) & mask) !== 0;
  }

  add(text: string): void {
    this.lines.push(`${this.prefix(this.lines.length)}${text}`);
  }

  /** A continuation that the kernel prints without the module's name. */
  addBare(text: string): void {
    this.lines.push(text);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  get secondary(): number {
    const active = this.on('CPU_BASED_VM_EXEC_CONTROL', PrimaryControl.ACTIVATE_SECONDARY_CONTROLS);
    return active ? Number(this.value('SECONDARY_VM_EXEC_CONTROL')) : 0;
  }

  sysenter(side: 'GUEST' | 'HOST_IA32'): string {
    const id = `${side}_SYSENTER` as const;
    return `Sysenter RSP=${this.hex(`${id}_ESP`)} CS:RIP=${this.hex(`${id}_CS`, 4)}:${this.hex(`${id}_EIP`)}`;
  }
}

const SEGMENTS = ['CS', 'DS', 'SS', 'ES', 'FS', 'GS'] as const;

function spelledSegments(page: Page): void {
  const table = (name: 'GDTR' | 'IDTR'): void => {
    page.add(
      `${`${name}:`.padEnd(5)}                           limit=0x${page.hex(`GUEST_${name}_LIMIT`)}, base=0x${page.hex(`GUEST_${name}_BASE`)}`,
    );
  };
  const segment = (name: (typeof SEGMENTS)[number] | 'LDTR' | 'TR'): void => {
    const id = `GUEST_${name}` as const;
    page.add(
      `${`${name}:`.padEnd(5)} sel=0x${page.hex(`${id}_SELECTOR`)}, attr=0x${page.hex(`${id}_AR_BYTES`, 5)}, limit=0x${page.hex(`${id}_LIMIT`)}, base=0x${page.hex(`${id}_BASE`)}`,
    );
  };
  SEGMENTS.forEach(segment);
  table('GDTR');
  segment('LDTR');
  table('IDTR');
  segment('TR');
}

function controlRegisters(page: Page): void {
  for (const name of ['CR0', 'CR4'] as const) {
    page.add(
      `${name}: actual=0x${page.hex(`GUEST_${name}`)}, shadow=0x${page.hex(`${name}_READ_SHADOW`)}, gh_mask=${page.hex(`${name}_GUEST_HOST_MASK`)}`,
    );
  }
}

function hostArea(page: Page): void {
  const selectors = (['CS', 'SS', 'DS', 'ES', 'FS', 'GS', 'TR'] as const).map(
    (name) => `${name}=${page.hex(`HOST_${name}_SELECTOR`)}`,
  );
  page.add(selectors.join(' '));
  page.add(
    `FSBase=${page.hex('HOST_FS_BASE')} GSBase=${page.hex('HOST_GS_BASE')} TRBase=${page.hex('HOST_TR_BASE')}`,
  );
  page.add(`GDTBase=${page.hex('HOST_GDTR_BASE')} IDTBase=${page.hex('HOST_IDTR_BASE')}`);
  page.add(`CR0=${page.hex('HOST_CR0')} CR3=${page.hex('HOST_CR3')} CR4=${page.hex('HOST_CR4')}`);
  page.add(page.sysenter('HOST_IA32'));
}

function events(page: Page): void {
  page.add(
    `ExceptionBitmap=${page.hex('EXCEPTION_BITMAP')} PFECmask=${page.hex('PAGE_FAULT_ERROR_CODE_MASK')} PFECmatch=${page.hex('PAGE_FAULT_ERROR_CODE_MATCH')}`,
  );
  page.add(
    `VMEntry: intr_info=${page.hex('VM_ENTRY_INTR_INFO')} errcode=${page.hex('VM_ENTRY_EXCEPTION_ERROR_CODE')} ilen=${page.hex('VM_ENTRY_INSTRUCTION_LEN')}`,
  );
  page.add(
    `VMExit: intr_info=${page.hex('VM_EXIT_INTR_INFO')} errcode=${page.hex('VM_EXIT_INTR_ERROR_CODE')} ilen=${page.hex('VM_EXIT_INSTRUCTION_LEN')}`,
  );
  page.add(
    `        reason=${page.hex('VM_EXIT_REASON')} qualification=${page.hex('EXIT_QUALIFICATION')}`,
  );
  page.add(
    `IDTVectoring: info=${page.hex('IDT_VECTORING_INFO')} errcode=${page.hex('IDT_VECTORING_ERROR_CODE')}`,
  );
}

const LOADS_EFER = EntryControl.LOAD_EFER;
const LOADS_PAT = EntryControl.LOAD_PAT;

/** Linux: `later` is 5.13 and after, `latest` 6.0 and after. */
function kvm(model: VmcsModel, later: boolean, latest: boolean, module: string): string {
  const stamp = (n: number): string => `[  673.85${String(n).padStart(4, '0')}] ${module}`;
  const page = new Page(model, stamp);
  if (later) page.add('VMCS 00000000f971be22, last attempted VM-entry on CPU 3');
  page.add('*** Guest State ***');
  controlRegisters(page);
  page.add(`CR3 = 0x${page.hex('GUEST_CR3')}`);
  const ept = (page.secondary & SecondaryControl.ENABLE_EPT) !== 0;
  const pae = page.on('GUEST_CR4', 0x20) && !page.on('GUEST_IA32_EFER', 0x400);
  if (ept && (later || pae)) {
    for (const [a, b] of [
      [0, 1],
      [2, 3],
    ] as const) {
      page.add(
        `PDPTR${String(a)} = 0x${page.hex(`GUEST_PDPTE${a}`)}  PDPTR${String(b)} = 0x${page.hex(`GUEST_PDPTE${b}`)}`,
      );
    }
  }
  page.add(`RSP = 0x${page.hex('GUEST_RSP')}  RIP = 0x${page.hex('GUEST_RIP')}`);
  page.add(`RFLAGS=0x${page.hex('GUEST_RFLAGS', 8)}         DR7 = 0x${page.hex('GUEST_DR7')}`);
  page.add(page.sysenter('GUEST'));
  spelledSegments(page);
  if (later) {
    const loaded = page.on('VM_ENTRY_CONTROLS', LOADS_EFER);
    page.add(`EFER= 0x${page.hex('GUEST_IA32_EFER')}${loaded ? '' : ' (effective)'}`);
    if (page.on('VM_ENTRY_CONTROLS', LOADS_PAT)) page.add(`PAT = 0x${page.hex('GUEST_IA32_PAT')}`);
  } else if (page.on('VM_ENTRY_CONTROLS', LOADS_EFER | LOADS_PAT)) {
    page.add(`EFER =     0x${page.hex('GUEST_IA32_EFER')}  PAT = 0x${page.hex('GUEST_IA32_PAT')}`);
  }
  page.add(
    `DebugCtl = 0x${page.hex('GUEST_IA32_DEBUGCTL')}  DebugExceptions = 0x${page.hex('GUEST_PENDING_DBG_EXCEPTIONS')}`,
  );
  page.add(
    `Interruptibility = ${page.hex('GUEST_INTERRUPTIBILITY_INFO')}  ActivityState = ${page.hex('GUEST_ACTIVITY_STATE')}`,
  );
  page.add('*** Host State ***');
  page.add(`RIP = 0x${page.hex('HOST_RIP')}  RSP = 0x${page.hex('HOST_RSP')}`);
  hostArea(page);
  hostMsrs(page, later);
  page.add('*** Control State ***');
  kvmControls(page, latest);
  events(page);
  page.add(`TSC Offset = 0x${page.hex('TSC_OFFSET')}`);
  if (page.on('CPU_BASED_VM_EXEC_CONTROL', PrimaryControl.USE_TPR_SHADOW)) {
    page.addBare(`virt-APIC addr = 0x${page.hex('VIRTUAL_APIC_PAGE_ADDR')}`);
  }
  if (ept) page.add(`EPT pointer = 0x${page.hex('EPT_POINTER')}`);
  if (page.secondary & SecondaryControl.ENABLE_VPID) {
    page.add(`Virtual processor ID = 0x${page.hex('VIRTUAL_PROCESSOR_ID')}`);
  }
  return page.text();
}

function hostMsrs(page: Page, later: boolean): void {
  const [efer, pat] = [
    page.on('VM_EXIT_CONTROLS', ExitControl.LOAD_EFER),
    page.on('VM_EXIT_CONTROLS', ExitControl.LOAD_PAT),
  ];
  if (later) {
    if (efer) page.add(`EFER= 0x${page.hex('HOST_IA32_EFER')}`);
    if (pat) page.add(`PAT = 0x${page.hex('HOST_IA32_PAT')}`);
  } else if (efer || pat) {
    page.add(`EFER = 0x${page.hex('HOST_IA32_EFER')}  PAT = 0x${page.hex('HOST_IA32_PAT')}`);
  }
}

function kvmControls(page: Page, latest: boolean): void {
  const [pin, primary, secondary] = [
    page.hex('PIN_BASED_VM_EXEC_CONTROL'),
    page.hex('CPU_BASED_VM_EXEC_CONTROL'),
    page.hex('SECONDARY_VM_EXEC_CONTROL'),
  ];
  const [entry, exit] = [page.hex('VM_ENTRY_CONTROLS'), page.hex('VM_EXIT_CONTROLS')];
  if (latest) {
    page.add(
      `CPUBased=0x${primary} SecondaryExec=0x${secondary} TertiaryExec=0x${page.hex('TERTIARY_VM_EXEC_CONTROL')}`,
    );
    page.add(`PinBased=0x${pin} EntryControls=${entry} ExitControls=${exit}`);
  } else {
    page.add(`PinBased=${pin} CPUBased=${primary} SecondaryExec=${secondary}`);
    page.add(`EntryControls=${entry} ExitControls=${exit}`);
  }
}

const REFUSAL: Readonly<Record<number, string>> = {
  0x80000021: 'Invalid guest state',
  0x80000022: 'MSR loading',
  0x80000029: 'machine check',
};

/** Xen from 4.12: the segments in a table. */
function xen(model: VmcsModel): string {
  const page = new Page(model, () => '(XEN) ');
  const { reason = 0, qualification = 0 } = model;
  const refusal = REFUSAL[reason];
  if (refusal !== undefined) {
    page.add(
      `d2v0 vmentry failure (reason 0x${reason.toString(16)}): ${refusal} (${String(qualification)})`,
    );
  }
  page.add('************* VMCS Area **************');
  page.add('*** Guest State ***');
  controlRegisters(page);
  page.add(`CR3 = 0x${page.hex('GUEST_CR3')}`);
  if (page.on('GUEST_CR4', 0x20) && !page.on('VM_ENTRY_CONTROLS', EntryControl.IA32E_MODE_GUEST)) {
    page.add(`PDPTE0 = 0x${page.hex('GUEST_PDPTE0')}  PDPTE1 = 0x${page.hex('GUEST_PDPTE1')}`);
    page.add(`PDPTE2 = 0x${page.hex('GUEST_PDPTE2')}  PDPTE3 = 0x${page.hex('GUEST_PDPTE3')}`);
  }
  // In brackets the register frame, which may be another.
  page.add(
    `RSP = 0x${page.hex('GUEST_RSP')} (0x0000000000001234)  RIP = 0x${page.hex('GUEST_RIP')} (0x0000000000005678)`,
  );
  page.add(
    `RFLAGS=0x${page.hex('GUEST_RFLAGS', 8)} (0x00000002)  DR7 = 0x${page.hex('GUEST_DR7')}`,
  );
  page.add(page.sysenter('GUEST'));
  page.add('       sel  attr  limit   base');
  const segment = (name: (typeof SEGMENTS)[number] | 'LDTR' | 'TR'): void => {
    const id = `GUEST_${name}` as const;
    page.add(
      `${name.padStart(4)}: ${page.hex(`${id}_SELECTOR`)} ${page.hex(`${id}_AR_BYTES`, 5)} ${page.hex(`${id}_LIMIT`)} ${page.hex(`${id}_BASE`)}`,
    );
  };
  const table = (name: 'GDTR' | 'IDTR'): void => {
    page.add(
      `${name}:            ${page.hex(`GUEST_${name}_LIMIT`)} ${page.hex(`GUEST_${name}_BASE`)}`,
    );
  };
  SEGMENTS.forEach(segment);
  table('GDTR');
  segment('LDTR');
  table('IDTR');
  segment('TR');
  page.add(`EFER(VMCS) = 0x${page.hex('GUEST_IA32_EFER')}  PAT = 0x${page.hex('GUEST_IA32_PAT')}`);
  page.add('PreemptionTimer = 0x00000000  SM Base = 0x00000000');
  page.add(
    `DebugCtl = 0x${page.hex('GUEST_IA32_DEBUGCTL')}  DebugExceptions = 0x${page.hex('GUEST_PENDING_DBG_EXCEPTIONS')}`,
  );
  page.add(
    `Interruptibility = ${page.hex('GUEST_INTERRUPTIBILITY_INFO')}  ActivityState = ${page.hex('GUEST_ACTIVITY_STATE')}`,
  );
  page.add('*** Host State ***');
  page.add(
    `RIP = 0x${page.hex('HOST_RIP')} (vmx_asm_vmexit_handler)  RSP = 0x${page.hex('HOST_RSP')}`,
  );
  hostArea(page);
  page.add(`EFER = 0x${page.hex('HOST_IA32_EFER')}  PAT = 0x${page.hex('HOST_IA32_PAT')}`);
  page.add('*** Control State ***');
  kvmControls(page, false);
  events(page);
  page.add(`TSC Offset = 0x${page.hex('TSC_OFFSET')}  TSC Multiplier = 0x0000000000000000`);
  page.add('TPR Threshold = 0x00  PostedIntrVec = 0x00');
  page.add(`EPT pointer = 0x${page.hex('EPT_POINTER')}  EPTP index = 0x0000`);
  page.add('PLE Gap=00000080 Window=00001000');
  page.add(
    `Virtual processor ID = 0x${page.hex('VIRTUAL_PROCESSOR_ID')} VMfunc controls = 0000000000000000`,
  );
  page.add('**************************************');
  return page.text();
}

/** Xen up to 4.5: no EFER, no PDPTEs, the offset among the guest's state. */
function oldXen(model: VmcsModel): string {
  const page = new Page(model, () => '(XEN) ');
  const { reason = 0, qualification = 0 } = model;
  const refusal = REFUSAL[reason];
  if (refusal !== undefined) {
    page.add(
      `Failed vm entry (exit reason 0x${reason.toString(16)}) caused by ${refusal.toLowerCase()} (${String(qualification)}).`,
    );
  }
  page.add('************* VMCS Area **************');
  page.add('*** Guest State ***');
  controlRegisters(page);
  page.add(`CR3: actual=0x${page.hex('GUEST_CR3')}, target_count=0`);
  page.add('     target0=0000000000000000, target1=0000000000000000');
  page.add('     target2=0000000000000000, target3=0000000000000000');
  page.add(
    `RSP = 0x${page.hex('GUEST_RSP')} (0x0000000000001234)  RIP = 0x${page.hex('GUEST_RIP')} (0x0000000000005678)`,
  );
  page.add(
    `RFLAGS=0x${page.hex('GUEST_RFLAGS')} (0x0000000000000002)  DR7 = 0x${page.hex('GUEST_DR7')}`,
  );
  page.add(page.sysenter('GUEST'));
  spelledSegments(page);
  page.add(`Guest PAT = 0x${page.hex('GUEST_IA32_PAT')}`);
  page.add(`TSC Offset = ${page.hex('TSC_OFFSET')}`);
  page.add(
    `DebugCtl=${page.hex('GUEST_IA32_DEBUGCTL')} DebugExceptions=${page.hex('GUEST_PENDING_DBG_EXCEPTIONS')}`,
  );
  page.add(
    `Interruptibility=${page.hex('GUEST_INTERRUPTIBILITY_INFO', 4)} ActivityState=${page.hex('GUEST_ACTIVITY_STATE', 4)}`,
  );
  page.add('*** Host State ***');
  page.add(`RSP = 0x${page.hex('HOST_RSP')}  RIP = 0x${page.hex('HOST_RIP')}`);
  hostArea(page);
  page.add(`Host PAT = 0x${page.hex('HOST_IA32_PAT')}`);
  page.add('*** Control State ***');
  kvmControls(page, false);
  events(page);
  page.add(`EPT pointer = 0x${page.hex('EPT_POINTER')}`);
  page.add(`Virtual processor ID = 0x${page.hex('VIRTUAL_PROCESSOR_ID')}`);
  page.add('**************************************');
  return page.text();
}

function all(model: VmcsModel): [FieldId, bigint][] {
  const page = new Page(model, () => '');
  const told = Object.keys(model.fields) as FieldId[];
  const exit = ['VM_EXIT_REASON', 'EXIT_QUALIFICATION'] as const;
  const more = [
    'VM_ENTRY_INTR_INFO',
    'GUEST_INTERRUPTIBILITY_INFO',
    'GUEST_ACTIVITY_STATE',
  ] as const;
  const bases = [...SEGMENTS, 'LDTR', 'TR', 'GDTR', 'IDTR'].map(
    (name) => `GUEST_${name}_BASE` as FieldId,
  );
  const zeros = [
    ...bases,
    ...([
      'GUEST_TR_SELECTOR',
      'GUEST_LDTR_SELECTOR',
      'GUEST_CS_SELECTOR',
      'GUEST_SYSENTER_ESP',
      'GUEST_SYSENTER_EIP',
      'GUEST_IA32_DEBUGCTL',
      'GUEST_PENDING_DBG_EXCEPTIONS',
      'HOST_FS_SELECTOR',
      'HOST_GS_SELECTOR',
      'HOST_FS_BASE',
      'HOST_GS_BASE',
      'HOST_IA32_SYSENTER_ESP',
      'HOST_IA32_SYSENTER_EIP',
      'CR3_TARGET_COUNT',
      'VM_EXIT_MSR_STORE_COUNT',
      'VM_EXIT_MSR_LOAD_COUNT',
      'VM_ENTRY_MSR_LOAD_COUNT',
    ] as const),
  ];
  return [...new Set([...told, ...exit, ...more, ...zeros])].map((id) => [id, page.value(id)]);
}

const json = (model: VmcsModel): string => {
  const fields = Object.fromEntries(
    all(model).map(([id, value]) => [id, `0x${value.toString(16)}`]),
  );
  return `${JSON.stringify({ vendor: 'intel', fields }, undefined, 2)}\n`;
};

const hvext = (model: VmcsModel): string =>
  all(model)
    .map(([id, value]) => {
      const name = fieldByName(id)?.name ?? id;
      return `0x${value.toString(16).padStart(16, '0')} ${name}\n`;
    })
    .join('');

const NEVER: ReadonlySet<string> = new Set([
  ...['VMCS_LINK_POINTER', 'CR3_TARGET_COUNT', 'IO_BITMAP_A', 'IO_BITMAP_B', 'MSR_BITMAP'],
  ...['VM_EXIT_MSR_STORE_ADDR', 'VM_EXIT_MSR_LOAD_ADDR', 'VM_ENTRY_MSR_LOAD_ADDR'],
  ...['VM_EXIT_MSR_STORE_COUNT', 'VM_EXIT_MSR_LOAD_COUNT', 'VM_ENTRY_MSR_LOAD_COUNT'],
]);
const OLD_XEN: ReadonlySet<string> = new Set(['GUEST_IA32_EFER', 'HOST_IA32_EFER']);

const usual = (id: FieldId): boolean => !NEVER.has(id);

export const VMCS_PRINTERS: readonly VmcsPrinter[] = [
  {
    name: 'KVM of Linux 4.19',
    format: 'kvm',
    print: (m) => kvm(m, false, false, ''),
    prints: usual,
  },
  {
    name: 'KVM of Linux 5.15',
    format: 'kvm',
    print: (m) => kvm(m, true, false, ''),
    prints: usual,
  },
  {
    name: 'KVM of Linux 6.6',
    format: 'kvm',
    print: (m) => kvm(m, true, true, 'kvm_intel: '),
    prints: usual,
  },
  {
    name: 'Xen 4.4',
    format: 'xen',
    print: oldXen,
    prints: (id) => usual(id) && !OLD_XEN.has(id) && !id.startsWith('GUEST_PDPTE'),
  },
  { name: 'Xen 4.17', format: 'xen', print: xen, prints: usual },
  { name: 'hvext', format: 'hvext', print: hvext, prints: () => true },
  { name: 'JSON', format: 'ringside', print: json, prints: () => true },
];
