import { WideCr0 } from '../../isa/registers/control';
import { MEMORY_TYPES } from '../../isa/memory-types';
import { Epte } from '../../isa/ept';
import * as l10n from '@vscode/l10n';
import { PAGE_FAULT_ERROR, Pte } from '../../isa/paging';
import { setBits } from '../../isa/bits';
import type { Access, PageFault, WalkStep } from '../../processor/paging/walk';
import type { EptResult, EptStep } from '../../processor/vmx/ept';
import type { Target } from '../target';
import { hex, leaf, type Row } from './row';

/** A guest-linear address on its way to host-physical memory, read from the tables themselves. */

const READ: Access = { write: false, execute: false, user: false };
const ENTRY_NAMES = ['', 'PTE', 'PDE', 'PDPTE', 'PML4E', 'PML5E'];

interface EptWalk {
  readonly steps: readonly EptStep[];
  readonly result: EptResult | undefined;
}

/** Everything that one translation looks at, in order. */
export interface TranslationTrace {
  readonly linear: bigint;
  readonly steps: readonly { readonly step: WalkStep; readonly ept: EptWalk }[];
  readonly fault: PageFault | undefined;
  readonly guestPhysical: bigint | undefined;
  /** The EPT walk of the final guest-physical address. */
  readonly final: EptWalk;
  readonly hostPhysical: number | undefined;
  /** Memory references that the walk costs: paging-structure entries of both dimensions. */
  readonly references: number;
}

export function traceTranslation(
  target: Target,
  linear: bigint,
  access: Access = READ,
): TranslationTrace {
  const found: WalkStep[] = [];
  const result = target.memory.walkGuest(linear, access, (step) => found.push(step));
  const steps = found.map((step) => ({ step, ept: eptWalk(target, step.entryAddress, READ) }));
  const guestPhysical = result.translation?.address;
  const final =
    guestPhysical === undefined
      ? { steps: [], result: undefined }
      : eptWalk(target, guestPhysical, access);
  const host =
    guestPhysical === undefined
      ? undefined
      : final.result === undefined
        ? Number(guestPhysical)
        : final.result.kind === 'translation'
          ? final.result.address
          : undefined;
  const references =
    steps.reduce((sum, { ept }) => sum + 1 + ept.steps.length, 0) + final.steps.length;
  return {
    linear,
    steps,
    fault: result.fault,
    guestPhysical,
    final,
    hostPhysical: host,
    references,
  };
}

function eptWalk(target: Target, guestPhysical: bigint, access: Access): EptWalk {
  const steps: EptStep[] = [];
  const result = target.memory.walkEpt(guestPhysical, access, (step) => steps.push(step));
  return { steps, result };
}

/** The rows below a node; the top level is the walk from CR3 to the host frame. */
export function translationRows(
  target: Target,
  linear: bigint,
  from: string,
  node: string | undefined,
): Row[] {
  const trace = traceTranslation(target, linear);
  if (!node) return topRows(target, trace, from);
  const [kind, number] = node.split('/');
  if (kind === 'final') return eptRows(node, trace.final.steps);
  const step = trace.steps[Number(number)];
  if (!step) return [];
  if (node.endsWith('/ept')) return eptRows(node, step.ept.steps);
  return stepChildren(node, step.step, step.ept);
}

function topRows(target: Target, trace: TranslationTrace, from: string): Row[] {
  const rows: Row[] = [
    leaf('gva', `GVA ${hex(trace.linear)}`, from ? l10n.t('from {0}', from) : '', {
      icon: 'symbol-numeric',
      memoryReference: `gva:${hex(trace.linear)}`,
      value: hex(trace.linear),
    }),
  ];
  const paging = (target.guest.controlRegister(0) & WideCr0.PG) !== 0n;
  if (paging) rows.push(rootRow(target));
  else
    rows.push(
      leaf(
        'nopaging',
        l10n.t('paging is off'),
        l10n.t('the guest-physical address is the linear one'),
      ),
    );
  trace.steps.forEach(({ step, ept }, n) => {
    rows.push(stepRow(`step/${String(n)}`, step, ept));
  });
  if (trace.fault) rows.push(faultRow(trace.fault));
  if (trace.guestPhysical !== undefined) rows.push(...endRows(trace, trace.guestPhysical));
  rows.push(
    leaf('references', l10n.t('memory references'), String(trace.references), {
      icon: 'dashboard',
    }),
  );
  return rows;
}

function rootRow(target: Target): Row {
  const cr3 = target.guest.controlRegister(3);
  const gpa = cr3 & Pte.ADDRESS;
  const host = target.memory.hostAddress('gpa', gpa);
  const where = host === undefined ? l10n.t('not mapped') : `HPA ${hex(host)}`;
  return leaf('cr3', 'CR3', `= GPA ${hex(gpa)} → ${where}`, { expression: 'cr3', value: hex(cr3) });
}

const RIGHTS = [
  [Pte.P, 'P'],
  [Pte.RW, 'W'],
  [Pte.US, 'U'],
  [Pte.A, 'A'],
  [Pte.D, 'D'],
  [Pte.PS, 'PS'],
  [Pte.G, 'G'],
  [Pte.XD, 'XD'],
] as const;

/** The flags of a paging-structure entry, by their letters. */
function flags(step: WalkStep): string {
  return RIGHTS.filter(([bit]) => step.entry & bit)
    .filter(([, name]) => step.leaf || (name !== 'D' && name !== 'G'))
    .filter(([, name]) => name !== 'PS' || step.level > 1)
    .map(([, name]) => name)
    .join(' ');
}

function stepRow(id: string, step: WalkStep, ept: EptWalk): Row {
  const name = ENTRY_NAMES[step.level] ?? '';
  const next = step.entry & Pte.ADDRESS;
  const present = (step.entry & Pte.P) !== 0n;
  const to = present ? ` → ${step.leaf ? l10n.t('page') : l10n.t('table')} GPA ${hex(next)}` : '';
  return {
    id,
    label: `${name}[${String(step.index)}]`,
    description: `${hex(step.entry)} ${flags(step)}${to}`,
    tooltip: l10n.t('Entry at guest-physical {0}, host-physical {1}.', hex(step.entryAddress), hex(step.entryHostAddress)), // prettier-ignore
    children: 'collapsed',
    value: hex(step.entry),
    memoryReference: `gpa:${hex(step.entryAddress)}`,
    ...(!present && { severity: 'error' as const }),
    ...(ept.result && ept.result.kind !== 'translation' && { severity: 'error' as const }),
  };
}

function stepChildren(node: string, step: WalkStep, ept: EptWalk): Row[] {
  const rows = [
    leaf(
      `${node}/address`,
      l10n.t('entry at'),
      `GPA ${hex(step.entryAddress)} = HPA ${hex(step.entryHostAddress)}`,
      {
        memoryReference: `gpa:${hex(step.entryAddress)}`,
      },
    ),
  ];
  if (ept.result) rows.push(eptSummary(`${node}/ept`, step.entryAddress, ept));
  return rows;
}

/** One EPT walk in a row: the address it is for, where it ends, and how many entries it reads. */
function eptSummary(id: string, guestPhysical: bigint, ept: EptWalk): Row {
  const { result } = ept;
  const end =
    result?.kind === 'translation' ? `→ HPA ${hex(result.address)}` : describeEptFault(result);
  return {
    id,
    label: l10n.t('EPT walk of GPA {0}', hex(guestPhysical)),
    description: `${l10n.t('{0} references', ept.steps.length)} ${end}`,
    children: 'collapsed',
    ...(result?.kind !== 'translation' && { severity: 'error' as const }),
  };
}

function describeEptFault(result: EptResult | undefined): string {
  if (result?.kind === 'violation') {
    return l10n.t('EPT violation at level {0}: a VM exit to the VMM (reason 48)', result.level);
  }
  if (result?.kind === 'misconfiguration') {
    return l10n.t(
      'EPT misconfiguration at level {0}: a VM exit to the VMM (reason 49)',
      result.level,
    );
  }
  return '';
}

function eptRows(node: string, steps: readonly EptStep[]): Row[] {
  return steps.map((step, n) => {
    const rights =
      ['R', 'W', 'X'].filter((_, bit) => (step.entry >> BigInt(bit)) & 1n).join('') || '–';
    const type =
      step.leaf && step.entry & RWX
        ? ` ${MEMORY_TYPES[Number((step.entry & Epte.MT) >> 3n)] ?? '?'}`
        : '';
    const accessed = step.entry & Epte.A ? ' A' : '';
    const dirty = step.leaf && step.entry & Epte.D ? ' D' : '';
    return leaf(
      `${node}/${String(n)}`,
      `EPT ${ENTRY_NAMES[step.level] ?? ''}[${String(step.index)}]`,
      `${hex(step.entry)} ${rights}${type}${accessed}${dirty}`,
      {
        memoryReference: `hpa:${hex(step.entryAddress)}`,
        tooltip: `HPA ${hex(step.entryAddress)}`,
      },
    );
  });
}

const RWX = Epte.R | Epte.W | Epte.X;

function faultRow(fault: PageFault): Row {
  const names = setBits(PAGE_FAULT_ERROR, fault.errorCode).join(' ');
  const code = `${hex(fault.errorCode)}${names ? ` ${names}` : ''}`;
  return leaf(
    'fault',
    `#PF (${code})`,
    l10n.t(
      '{0} at level {1}: the guest’s own handler receives it',
      l10n.t(fault.cause),
      fault.level,
    ),
    {
      severity: 'error',
    },
  );
}

function endRows(trace: TranslationTrace, guestPhysical: bigint): Row[] {
  const rows = [
    leaf('gpa', `= GPA ${hex(guestPhysical)}`, '', {
      icon: 'arrow-right',
      memoryReference: `gpa:${hex(guestPhysical)}`,
      value: hex(guestPhysical),
    }),
  ];
  if (trace.final.result) rows.push(eptSummary('final', guestPhysical, trace.final));
  if (trace.hostPhysical !== undefined) {
    rows.push(
      leaf('hpa', `= HPA ${hex(trace.hostPhysical)}`, '', {
        icon: 'pass',
        memoryReference: `hpa:${hex(trace.hostPhysical)}`,
        value: hex(trace.hostPhysical),
      }),
    );
  }
  return rows;
}
