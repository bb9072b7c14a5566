import * as l10n from '@vscode/l10n';
import { entryName, Pte } from '../../isa/paging';
import { clauses, labelled } from '../../isa/phrases';
import { hex } from '../views/row';
import { shadowEnd } from '../views/shadow-rows';
import type { TranslationRequest } from '../views/translation-request';
import {
  traceTranslation,
  type SecondWalk,
  type TracedStep,
  type TranslationTrace,
  type WalkStop,
} from '../views/translation-trace';
import {
  accessText,
  allowedText,
  holdsFrames,
  namesIn,
  originText,
} from '../views/translation-words';
import type { Target } from '../target';
import { addressParts, levelsOf } from './address-parts';
import { entryCell, secondCell } from './cells';
import type { SecondDimension, WalkCell, WalkColumn, WalkPicture } from './picture';
import { sizeText } from './size-text';
import { refusedText, stopText } from './stop-text';
import { tlbText } from './tlb-text';

/** What a translation looks at, as a picture. It is the walk that the view *Address Translation* shows in rows. */
export function walkPicture(target: Target, request: TranslationRequest): WalkPicture {
  const { world, linear, access, refused } = request;
  const mode = world.memory.pagingMode;
  const head = {
    address: `${namesIn(world).linear} ${hex(linear)}`,
    access: clauses(accessText(access), originText(request)),
    tlb: tlbText(target, request),
  };
  if (refused !== undefined) {
    const parts = addressParts(mode, linear);
    const stop = refusedText(refused);
    return { ...head, parts, columns: [], results: [], references: 0, stop };
  }
  const trace = traceTranslation(world, linear, access);
  const columns = new Columns(request, trace).all();
  const lowest = trace.guestPhysical === undefined ? 1 : trace.steps.at(-1)?.step.level;
  const second = secondDimension(trace);
  const shadow = shadowWalk(trace);
  const note = noteOf(request);
  const { pageShift } = trace;
  return {
    ...head,
    parts: addressParts(mode, linear, lowest),
    ...(mode !== 'none' && { root: rootText(request) }),
    ...(note !== undefined && { note }),
    ...(second && { second }),
    columns,
    ...(shadow && { shadow }),
    ...(trace.stop && { stop: stopText(target, request, trace, trace.stop, columns) }),
    results: resultsOf(request, trace),
    ...(pageShift !== undefined && { pageSize: l10n.t('page of {0}', sizeText(pageShift)) }),
    references: trace.references,
    rights: rightsText(request),
  };
}

const walksOf = ({ steps, final, shadow }: TranslationTrace): readonly SecondWalk[] =>
  shadow ? [] : [...steps.map(({ second }) => second), final];

function secondDimension(trace: TranslationTrace): SecondDimension | undefined {
  const walks = walksOf(trace).filter(({ steps }) => steps.length > 0);
  const [first] = walks;
  if (!first) return undefined;
  const top = Math.max(...walks.flatMap(({ steps }) => steps.map(({ level }) => level)));
  const levels = Array.from({ length: top }, (_, n) => {
    const level = top - n;
    return { level, name: first.entryName(level) };
  });
  return { name: first.name, levels };
}

/** The columns of a picture, with the processor's memory references numbered in their order. */
class Columns {
  private count = 0;
  private over = false;
  private readonly physical;

  constructor(
    private readonly request: TranslationRequest,
    private readonly trace: TranslationTrace,
  ) {
    this.physical = holdsFrames(request.world) ? ('HPA' as const) : ('GPA' as const);
    // What software has made of the guest's tables is walked in their place.
    this.over = trace.shadow !== undefined;
  }

  all(): WalkColumn[] {
    const { steps } = this.trace;
    const columns = steps.map((step, n) => this.ofStep(step, n));
    const isComplete = this.trace.guestPhysical !== undefined;
    const next = steps.at(-1)?.step.level ?? levelsOf(this.request.world.memory.pagingMode) + 1;
    for (let level = next - 1; !isComplete && level >= 1; level--) {
      columns.push({ id: columnId(level), level, name: entryName(level), second: [] });
    }
    return [...columns, this.ofPage()];
  }

  private next(): number | undefined {
    return this.over ? undefined : ++this.count;
  }

  private ofStep({ step, second }: TracedStep, n: number): WalkColumn {
    const { stop } = this.trace;
    const id = columnId(step.level);
    const cells = this.cellsOf(
      id,
      second,
      stop?.at === 'second' && stop.step === n ? stop : undefined,
    );
    const entry = entryCell(id, step, this.physical, step.isRegister ? undefined : this.next());
    const stops = stop?.at === 'entry' && stop.step === n;
    if (stops) this.over = true;
    return {
      id,
      level: step.level,
      name: entryName(step.level),
      ...(!step.isRegister && { address: `${this.physical} ${hex(step.entryAddress)}` }),
      second: cells,
      entry: stops ? { ...entry, stops } : entry,
      ...hostText(second),
    };
  }

  private ofPage(): WalkColumn {
    const { guestPhysical, final, stop, hostPhysical } = this.trace;
    const column = { id: columnId(0), level: 0, name: l10n.t('page') };
    if (guestPhysical === undefined) return { ...column, second: [] };
    const second = this.cellsOf(column.id, final, stop?.at === 'final' ? stop : undefined);
    return {
      ...column,
      address: `${this.physical} ${hex(guestPhysical)}`,
      second,
      ...(hostPhysical !== undefined && { host: `HPA ${hex(hostPhysical)}` }),
    };
  }

  private cellsOf(column: string, walk: SecondWalk, stop: WalkStop | undefined): WalkCell[] {
    if (this.trace.shadow) return [];
    const last = walk.steps.length - 1;
    const cells = walk.steps.map((step, n): WalkCell => {
      const cell = secondCell(`${column}/${String(step.level)}`, walk, step, this.next());
      return stop && n === last ? { ...cell, stops: true } : cell;
    });
    if (stop) this.over = true;
    return cells;
  }
}

const columnId = (level: number): string => `level/${String(level)}`;

const hostText = ({ result }: SecondWalk): Pick<WalkColumn, 'host'> =>
  result?.kind === 'translation' ? { host: `HPA ${hex(result.address)}` } : {};

function shadowWalk({ shadow, fault }: TranslationTrace): WalkPicture['shadow'] {
  if (!shadow) return undefined;
  let count = 0;
  const last = shadow.steps.length - 1;
  const cells = shadow.steps.map((step, n): WalkCell => {
    const order = step.isRegister ? undefined : ++count;
    const cell = entryCell(`shadow/${String(step.level)}`, step, 'HPA', order);
    return n === last && shadow.result.fault ? { ...cell, stops: true } : cell;
  });
  return { name: l10n.t('shadow walk, by hardware'), cells, end: shadowEnd(shadow, !fault) };
}

function rootText({ world }: TranslationRequest): string {
  const base = world.registers.controlRegister(3) & Pte.ADDRESS;
  return `CR3 → ${hex(base)}`;
}

function noteOf({ world }: TranslationRequest): string | undefined {
  if (world.memory.pagingMode !== 'none') return undefined;
  return labelled(l10n.t('paging is off'), l10n.t('the guest-physical address is the linear one'));
}

function resultsOf({ world }: TranslationRequest, trace: TranslationTrace): string[] {
  const { guestPhysical, hostPhysical } = trace;
  const guest = guestPhysical !== undefined && !holdsFrames(world);
  return [
    ...(guest ? [`GPA ${hex(guestPhysical)}`] : []),
    ...(hostPhysical === undefined ? [] : [`HPA ${hex(hostPhysical)}`]),
  ];
}

function rightsText(request: TranslationRequest): string {
  const { user } = request.access;
  const who = user ? l10n.t('user mode may') : l10n.t('supervisor mode may');
  return labelled(who, allowedText(request, user));
}
