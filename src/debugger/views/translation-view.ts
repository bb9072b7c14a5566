import { WideCr0 } from '../../isa/registers/control';
import * as l10n from '@vscode/l10n';
import { entryName, Pte } from '../../isa/paging';
import { clauses } from '../../isa/phrases';
import type { PageFault, WalkStep } from '../../processor/paging/walk';
import { isAway } from '../memory';
import type { World } from '../target';
import { errorCodeText, faultCause } from '../words/page-faults';
import { entryFlags } from './entry-flags';
import { hex, leaf, type Row } from './row';
import { shadowChildren, shadowSummary } from './shadow-rows';
import { processChildren, processRows } from './process-rows';
import type { TranslationRequest } from './translation-request';
import { traceTranslation, type SecondWalk, type TranslationTrace } from './translation-trace';
import { accessText, allowedText, holdsFrames, namesIn, originText } from './translation-words';

/** A guest-linear address on its way to host-physical memory, read from the tables themselves. */

/** The rows below a node; the top level is the walk from CR3 to the host frame. */
export function translationRows(request: TranslationRequest, node: string | undefined): Row[] {
  const { world, linear, access, refused } = request;
  if (refused !== undefined) return node ? [] : refusedRows(request, refused);
  const trace = traceTranslation(world, linear, access);
  if (!node) return topRows(request, trace);
  const [kind, number] = node.split('/');
  if (kind === 'shadow') return trace.shadow ? shadowChildren(trace.shadow) : [];
  if (kind === 'final') return secondRows(node, trace.final);
  if (kind === 'hva') return hostRows(world, trace.guestPhysical, processChildren);
  const step = trace.steps[Number(number)];
  if (!step) return [];
  if (node.endsWith('/ept')) return secondRows(node, step.second);
  return stepChildren(node, step.step, step.second);
}

/** The address, with what it is translated for: everything that decides about the outcome is named. */
function addressRow(request: TranslationRequest): Row {
  const { world, linear, access } = request;
  const { linear: name } = namesIn(world);
  const told = clauses(accessText(access), originText(request));
  return leaf('gva', `${name} ${hex(linear)}`, told, {
    icon: 'symbol-numeric',
    memoryReference: `${name.toLowerCase()}:${hex(linear)}`,
    value: hex(linear),
    tooltip: l10n.t(
      'What is translated can be named: `user write rbx`, `supervisor read 0x1000`, `execute rip`, `host rsp`. Otherwise it is as the present instruction does it, at the present privilege level.',
    ),
  });
}

function refusedRows(request: TranslationRequest, refused: string): Row[] {
  return [
    addressRow(request),
    leaf('refused', l10n.t('no translation'), refused, { severity: 'error' }),
  ];
}

function topRows(request: TranslationRequest, trace: TranslationTrace): Row[] {
  const { world } = request;
  const names = namesIn(world);
  const rows: Row[] = [addressRow(request)];
  const paging = (world.registers.controlRegister(0) & WideCr0.PG) !== 0n;
  if (paging) rows.push(rootRow(world));
  else
    rows.push(
      leaf(
        'nopaging',
        l10n.t('paging is off'),
        l10n.t('the guest-physical address is the linear one'),
      ),
    );
  trace.steps.forEach(({ step, second }, n) => {
    rows.push(stepRow(`step/${String(n)}`, step, second, names.physical));
  });
  if (trace.fault) rows.push(faultRow(trace.fault));
  if (trace.guestPhysical !== undefined) rows.push(...endRows(world, trace, trace.guestPhysical));
  if (trace.shadow) rows.push(shadowSummary(trace.shadow, !trace.fault));
  if (paging || trace.final.result) rows.push(rightsRow(request));
  rows.push(
    leaf('references', l10n.t('memory references'), String(trace.references), {
      icon: 'dashboard',
    }),
  );
  return rows;
}

/** What may be done at the address at this privilege level, in both dimensions. */
function rightsRow(request: TranslationRequest): Row {
  const { user } = request.access;
  const label = user ? l10n.t('user mode may') : l10n.t('supervisor mode may');
  return leaf('rights', label, allowedText(request, user), {
    icon: 'shield',
    tooltip: user
      ? l10n.t('Supervisor mode may: {0}', allowedText(request, false))
      : l10n.t('User mode may: {0}', allowedText(request, true)),
  });
}

function rootRow(world: World): Row {
  const cr3 = world.registers.controlRegister(3);
  const gpa = cr3 & Pte.ADDRESS;
  const host = world.memory.hostAddress('gpa', gpa);
  const where = host === undefined ? l10n.t('not mapped') : `HPA ${hex(host)}`;
  const direct = holdsFrames(world);
  const text = direct ? `= HPA ${hex(gpa)}` : `= GPA ${hex(gpa)} → ${where}`;
  return leaf('cr3', 'CR3', text, { expression: 'cr3', value: hex(cr3) });
}

function stepRow(id: string, step: WalkStep, second: SecondWalk, physical: 'GPA' | 'HPA'): Row {
  const name = entryName(step.level);
  const next = step.entry & Pte.ADDRESS;
  const present = (step.entry & Pte.P) !== 0n;
  const to = present
    ? ` → ${step.leaf ? l10n.t('page') : l10n.t('table')} ${physical} ${hex(next)}`
    : '';
  return {
    id,
    label: `${name}[${String(step.index)}]`,
    description: `${hex(step.entry)} ${entryFlags(step)}${to}`,
    tooltip: l10n.t(
      'Entry at guest-physical {0}, host-physical {1}.',
      hex(step.entryAddress),
      isAway(step.entryHostAddress) ? '–' : hex(step.entryHostAddress),
    ),
    children: 'collapsed',
    value: hex(step.entry),
    memoryReference: `${physical.toLowerCase()}:${hex(step.entryAddress)}`,
    memoryBytes: step.bytes,
    ...(!present && { severity: 'error' as const }),
    ...(second.result && second.result.kind !== 'translation' && { severity: 'error' as const }),
  };
}

function entryPlace({ entryAddress, entryHostAddress }: WalkStep): string {
  const where = isAway(entryHostAddress) ? l10n.t('swapped out') : `HPA ${hex(entryHostAddress)}`;
  return `GPA ${hex(entryAddress)} = ${where}`;
}

function stepChildren(node: string, step: WalkStep, second: SecondWalk): Row[] {
  const rows = [
    leaf(`${node}/address`, l10n.t('entry at'), entryPlace(step), {
      memoryReference: `gpa:${hex(step.entryAddress)}`,
    }),
  ];
  if (second.result) rows.push(secondSummary(`${node}/ept`, step.entryAddress, second));
  return rows;
}

/** One second-level walk in a row: the address it is for, where it ends, how many entries it reads. */
function secondSummary(
  id: string,
  guestPhysical: bigint,
  { name, steps, result }: SecondWalk,
): Row {
  const end =
    result?.kind === 'translation' ? `→ HPA ${hex(result.address)}` : `· ${result?.text ?? ''}`;
  return {
    id,
    label: l10n.t('{0} walk of GPA {1}', name, hex(guestPhysical)),
    description: `${l10n.t('{0} references', steps.length)} ${end}`,
    children: 'collapsed',
    ...(result?.kind !== 'translation' && { severity: 'error' as const }),
  };
}

function secondRows(node: string, { entryName: named, steps, result }: SecondWalk): Row[] {
  const bad = result?.kind === 'fault' ? result.level : undefined;
  return steps.map((step, n) =>
    leaf(
      `${node}/${String(n)}`,
      `${named(step.level)}[${String(step.index)}]`,
      `${hex(step.entry)} ${step.flags}`,
      {
        memoryReference: `hpa:${hex(step.entryAddress)}`,
        tooltip: `HPA ${hex(step.entryAddress)}`,
        ...(step.level === bad && { severity: 'error' as const }),
      },
    ),
  );
}

function faultRow(fault: PageFault): Row {
  return leaf(
    'fault',
    `#PF (${errorCodeText(fault)})`,
    l10n.t('{0} at level {1}: the guest’s own handler receives it', faultCause(fault), fault.level),
    {
      severity: 'error',
    },
  );
}

/** What the process of a hosted guest has to say of a guest-physical address. */
function hostRows(
  { process }: World,
  guestPhysical: bigint | undefined,
  rows: typeof processRows,
): Row[] {
  return process && guestPhysical !== undefined ? rows(process, guestPhysical) : [];
}

function endRows(world: World, trace: TranslationTrace, guestPhysical: bigint): Row[] {
  const through = [
    leaf('gpa', `= GPA ${hex(guestPhysical)}`, '', {
      icon: 'arrow-right',
      memoryReference: `gpa:${hex(guestPhysical)}`,
      value: hex(guestPhysical),
    }),
  ];
  const rows = holdsFrames(world) ? [] : through;
  if (!holdsFrames(world)) rows.push(...hostRows(world, guestPhysical, processRows));
  if (trace.final.result) rows.push(secondSummary('final', guestPhysical, trace.final));
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
