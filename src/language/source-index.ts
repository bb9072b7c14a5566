import type { Diagnostic, Span } from '../program/diagnostics';
import type { NameKind, NameRecord, Recorder } from '../program/recorder';
import type { Token } from '../program/tokens';
import type { Entity, EntityKind, Occurrence } from './entity';
import { keyOf, touches, type Position, type SourceText } from './text';

interface Draft extends Entity {
  readonly names: string[];
  what: EntityKind;
  readonly definitions: Occurrence[];
  readonly uses: Occurrence[];
  generated: boolean;
}

const LABEL = /^(?:\$?[A-Za-z_?@][\w.?@~#$]*)$/;

/** Whether the text written at a place spells the name, perhaps as a local label, or with `$` before it. */
export function spells(kind: NameKind, name: string, text: string): boolean {
  if (kind === 'file' || kind === 'binary') return text.length > 0;
  if (kind === 'section') return text.replace(/^["'`]|["'`]$/g, '') === name;
  if (kind !== 'symbol') return text.toLowerCase() === name.toLowerCase();
  if (text === name || text === `$${name}`) return true;
  if (text.startsWith('.') && !text.startsWith('..')) return name.endsWith(text);
  const own = /^%(?:%|\$+)(.+)$/.exec(text)?.[1];
  return own !== undefined && name.startsWith('..@') && name.endsWith(`.${own}`);
}

/** The names of a program: where each is defined and used. Made from what the assembler took down. */
export class SourceIndex {
  private readonly drafts: Draft[] = [];
  private readonly byName = new Map<string, Draft>();
  private readonly byDefinition = new Map<string, Draft>();
  private readonly byLine = new Map<string, Map<number, Occurrence[]>>();

  /**
   * @param texts the files of the program, as they were assembled
   * @param diagnostics its messages: lines with errors were perhaps given up before all names were seen
   */
  constructor(
    recorder: Recorder,
    private readonly texts: ReadonlyMap<string, SourceText>,
    diagnostics: readonly Diagnostic[],
  ) {
    for (const record of recorder.records) if (record.defined) this.define(record);
    this.nameFields();
    const current = new Map<Draft, Occurrence>();
    for (const record of recorder.records) this.use(record, current);
    this.guess(recorder, diagnostics);
    for (const lines of this.byLine.values())
      for (const list of lines.values()) list.sort((a, b) => a.span.column - b.span.column);
  }

  get entities(): readonly Entity[] {
    return this.drafts;
  }

  /** What is named at a position. */
  at(file: string, position: Position): Occurrence | undefined {
    const all = this.onLine(file, position.line + 1).filter(({ span }) => touches(span, position));
    // Between two names that touch, the one that begins at the cursor is meant.
    return all[all.length - 1];
  }

  /** The names on a line (from 1), from left to right. */
  onLine(file: string, line: number): readonly Occurrence[] {
    return this.byLine.get(file)?.get(line) ?? [];
  }

  /** All names in a file, from top to bottom. */
  in(file: string): Occurrence[] {
    const lines = this.byLine.get(file);
    if (!lines) return [];
    return [...lines].sort(([a], [b]) => a - b).flatMap(([, list]) => list);
  }

  /** The entity of that kind and full name. */
  named(kind: NameKind, name: string): Entity | undefined {
    return this.byName.get(`${kind} ${name}`);
  }

  private textAt(span: Span): string {
    return this.texts.get(span.file)?.at(span) ?? '';
  }

  private create(kind: NameKind, name: string, what: EntityKind): Draft {
    const draft: Draft = {
      kind,
      name,
      names: [name],
      what,
      definitions: [],
      uses: [],
      generated: false,
    };
    this.drafts.push(draft);
    this.byName.set(`${kind} ${name}`, draft);
    return draft;
  }

  private define({ kind, name, span, defined }: NameRecord): void {
    if (!defined) return;
    const text = this.textAt(span);
    const written = spells(kind, name, text);
    const place = `${kind} ${keyOf(span)}`;
    const known = this.byName.get(`${kind} ${name}`);
    const sibling = written && kind === 'symbol' ? this.byDefinition.get(place) : undefined;
    const entity = known ?? sibling ?? this.create(kind, name, whatOf(name, defined.as));
    if (!known && sibling) {
      sibling.names.push(name);
      this.byName.set(`${kind} ${name}`, sibling);
    }
    if (defined.as === 'structure') entity.what = 'structure';
    if (written) this.byDefinition.set(place, entity);
    else entity.generated = true;
    if (!entity.definitions.some((d) => keyOf(d.span) === keyOf(span)))
      this.addDefinition(
        entity,
        { span, entity, text, definition: true, guessed: false, defined },
        written,
      );
  }

  private addDefinition(entity: Draft, occurrence: Occurrence, written: boolean): void {
    entity.definitions.push(occurrence);
    if (written) this.place(occurrence);
  }

  private place(occurrence: Occurrence): boolean {
    const { file, line, column } = occurrence.span;
    let lines = this.byLine.get(file);
    if (!lines) this.byLine.set(file, (lines = new Map<number, Occurrence[]>()));
    const list = lines.get(line);
    if (!list) lines.set(line, [occurrence]);
    else if (list.some((o) => o.span.column === column)) return false;
    else list.push(occurrence);
    return true;
  }

  /** Labels within a structure are its fields. */
  private nameFields(): void {
    for (const entity of this.drafts) {
      const dot = entity.name.indexOf('.', 1);
      if (entity.kind !== 'symbol' || dot < 0) continue;
      const parent = this.byName.get(`symbol ${entity.name.slice(0, dot)}`);
      if (parent?.what === 'structure') entity.what = 'field';
    }
  }

  private use(record: NameRecord, current: Map<Draft, Occurrence>): void {
    const { kind, name, span, defined, chosen } = record;
    const known = this.byName.get(`${kind} ${name}`);
    if (defined) {
      const own = known && definitionAt(known, span);
      if (own) current.set(known, own);
      return;
    }
    const text = this.textAt(span);
    if (!spells(kind, name, text)) return;
    const entity = known ?? this.create(kind, name, whatOf(name, kind));
    const last = kind === 'symbol' ? undefined : current.get(entity);
    const target = (chosen && definitionAt(entity, chosen)) ?? last;
    this.addUse({ span, entity, text, definition: false, guessed: false, target }, entity);
  }

  private addUse(occurrence: Occurrence, entity: Draft): void {
    if (this.place(occurrence)) entity.uses.push(occurrence);
  }

  /** Lines that were not assembled, or given up: names are found by their spelling. */
  private guess(recorder: Recorder, diagnostics: readonly Diagnostic[]): void {
    const wrong = new Set(
      diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.line}:${d.file}`),
    );
    for (const [file, text] of this.texts) {
      const assembled = recorder.lines.get(file);
      let parent = '';
      for (const tokens of text.tokens) {
        const [first] = tokens;
        if (!first) continue;
        parent = parentAfter(tokens, parent);
        if (assembled?.has(first.line) && !wrong.has(`${first.line}:${file}`)) continue;
        for (const token of tokens) this.guessAt(token, parent);
      }
    }
  }

  private guessAt(token: Token, parent: string): void {
    if (token.kind !== 'id') return;
    const name = token.text.startsWith('$') ? token.text.slice(1) : token.text;
    const full = name.startsWith('.') && !name.startsWith('..') ? parent + name : name;
    const entity =
      this.byName.get(`define ${name}`) ??
      this.byName.get(`macro ${name}`) ??
      this.byName.get(`symbol ${full}`);
    if (!entity || entity.definitions.length === 0) return;
    this.addUse(
      { span: token, entity, text: token.text, definition: false, guessed: true },
      entity,
    );
  }
}

const definitionAt = ({ definitions }: Entity, span: Span): Occurrence | undefined =>
  definitions.find((d) => keyOf(d.span) === keyOf(span));

/** The label that local labels belong to after a line. */
function parentAfter(tokens: readonly Token[], parent: string): string {
  const [first, second] = tokens;
  const isLabel =
    first?.kind === 'id' && LABEL.test(first.text) && second?.kind === 'op' && second.text === ':';
  return isLabel ? first.text : parent;
}

function whatOf(name: string, as: string): EntityKind {
  switch (as) {
    case 'define':
    case 'macro':
    case 'section':
    case 'structure':
    case 'equ':
    case 'file':
      return as;
    case 'binary':
      return 'file';
    default:
      return name.startsWith('..@') || (name.includes('.', 1) && !name.startsWith('..'))
        ? 'local'
        : 'label';
  }
}
