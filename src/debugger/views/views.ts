import * as l10n from '@vscode/l10n';
import type { WalkPicture } from '../page-walk/picture';
import { walkPicture } from '../page-walk/walk-picture';
import type { Target, World } from '../target';
import { exitRows } from './exits-view';
import { captureRegisters, editRegister, registerRows } from './registers-view';
import { machineRows, type Machines } from './machines-view';
import type { View, ViewRequest } from './row';
import { isShadowTableNode, shadowTableRows, shadowTablesRow } from './shadow-table-rows';
import { tlbRows } from './tlb-view';
import { translationCacheRows } from './translation-cache-view';
import { translationRequest } from './translation-request';
import { SUGGESTIONS, suggestionRows } from './translation-suggestions';
import { editUnit, isUnitNode } from './unit-rows';
import { translationRows } from './translation-view';

/** A picture, or why there is none. */
export type PageWalk = { readonly picture: WalkPicture } | { readonly message: string };

/** The custom views of one session. They remember the last stop, to mark what has changed since. */
export class Views {
  private previous = new Map<string, bigint>();
  private current = new Map<string, bigint>();

  constructor(
    private readonly target: Target,
    /** Evaluates an expression in the focused world; throws an Error for people. */
    private readonly evaluate: (expression: string, focus: 'guest' | 'host') => bigint,
    /** All guests of the computer. */
    private readonly machines: Machines = { targets: [target], names: [] },
  ) {
    this.current = this.capture();
    this.previous = this.current;
  }

  /** The target has stopped. */
  atStop(): void {
    this.previous = this.current;
    this.current = this.capture();
  }

  rows(request: ViewRequest): View {
    switch (request.view) {
      case 'registers':
        return { rows: registerRows(this.target, request, this.changed('r:'), this.before('r:')) };
      case 'vmcs':
        return this.vmcs(request);
      case 'translation':
        return this.translation(request);
      case 'tlb':
        return tlbRows(this.target, request);
      case 'translationCache':
        return translationCacheRows(this.target, request);
      case 'exits':
        return exitRows(this.target, request);
      case 'machines':
        return machineRows(this.machines, request);
    }
  }

  /** Edits the value of a row. @throws Error that says why it cannot be done */
  edit(request: ViewRequest, expression: string): void {
    if (request.view === 'registers' && isUnitNode(request.node ?? '')) {
      editUnit(this.target, request, expression);
    } else this.editNumber(request, this.evaluate(expression, request.focus));
    this.current = this.capture();
  }

  private editNumber(request: ViewRequest, value: bigint): void {
    if (request.view === 'registers') editRegister(this.target, request, value);
    else if (request.view === 'vmcs') this.target.technique.structure?.edit(request, value);
    else throw new RangeError(l10n.t('this row cannot be edited'));
  }

  private vmcs(request: ViewRequest): View {
    const { structure, noStructure } = this.target.technique;
    if (!structure) {
      return { rows: [], message: noStructure ?? l10n.t('There is no current VMCS.') };
    }
    const rows = structure.rows(request, this.changed('v:'), this.before('v:'));
    const summary = request.changedOnly ? l10n.t('changed fields only') : undefined;
    const { title } = structure;
    return {
      rows,
      ...(title !== undefined && { title }),
      ...(summary !== undefined && { summary }),
    };
  }

  private translation(request: ViewRequest): View {
    const { target, evaluate } = this;
    const { node = '' } = request;
    if (node === SUGGESTIONS) return { rows: suggestionRows(target, request.focus) };
    if (isShadowTableNode(node)) return { rows: shadowTableRows(target, node) };
    const tables = node === '' ? [shadowTablesRow(target) ?? []].flat() : [];
    try {
      const wanted = translationRequest(target, request.focus, request.address ?? '', evaluate);
      return { rows: [...translationRows(wanted, request.node), ...tables] };
    } catch (error) {
      return { rows: tables, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The walk that the rows of the translation view tell of, as a picture. */
  pageWalk(focus: World['side'], address: string): PageWalk {
    const { target, evaluate } = this;
    try {
      return { picture: walkPicture(target, translationRequest(target, focus, address, evaluate)) };
    } catch (error) {
      return { message: error instanceof Error ? error.message : String(error) };
    }
  }

  private changed(prefix: string): (key: string) => boolean {
    return (key) => {
      const old = this.previous.get(prefix + key);
      return old !== undefined && old !== this.current.get(prefix + key);
    };
  }

  private before(prefix: string): (key: string) => bigint | undefined {
    return (key) => this.previous.get(prefix + key);
  }

  private capture(): Map<string, bigint> {
    const all = new Map<string, bigint>();
    for (const [key, value] of captureRegisters(this.target)) all.set(`r:${key}`, value);
    for (const [key, value] of this.target.technique.structure?.capture() ?? []) {
      all.set(`v:${key}`, value);
    }
    return all;
  }
}
