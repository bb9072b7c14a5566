import * as l10n from '@vscode/l10n';
import { labelled, listed, thenSentence, withNote } from '../../isa/phrases';
import type { Diagnosis } from '../diagnose';
import type { Failure, NotJudged } from '../judging/verdict';
import { bitRowsOf, fieldGroups, type ExplainedField } from './fields';
import { damageLine } from './text';
import {
  capabilitiesSentence,
  dumpName,
  exitSentence,
  hex,
  notJudgedSentences,
  outcomeSentences,
  verdictSentence,
  verdictWord,
} from './words';

/** What the doctor says, as a Markdown document whose causes, fields and lines lead to each other. */

export interface DocumentOptions {
  /** The address of a line of the text, where there is one: `dmesg.txt#L12`. */
  readonly lineLink?: (line: number) => string;
}

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');

/** A heading's address, as Markdown previews make it. */
const fieldLink = (id: string): string => `[\`${id}\`](#${id.toLowerCase()})`;

export function diagnosisDocument(
  diagnoses: readonly Diagnosis[],
  options: DocumentOptions = {},
): string {
  return `${diagnoses.map((each) => new Writer(each, options).document()).join('\n\n---\n\n')}\n`;
}

class Writer {
  constructor(
    private readonly diagnosis: Diagnosis,
    private readonly options: DocumentOptions,
  ) {}

  document(): string {
    const { dump, verdict } = this.diagnosis;
    return [
      `# ${labelled(dumpName(dump), verdictWord(verdict))}`,
      [...outcomeSentences(this.diagnosis), verdictSentence(this.diagnosis)].join('  \n'),
      ...this.failures(),
      ...this.suspects(),
      ...this.exit(),
      ...this.notJudged(),
      ...this.damages(),
      ...this.fields(),
    ].join('\n\n');
  }

  private failures(): string[] {
    const [first, ...others] = this.diagnosis.failures;
    if (!first) return [];
    const cause = [`## ${l10n.t('The likely cause')}`, this.failure(first)];
    if (others.length === 0) return cause;
    const title = `## ${l10n.t('What is broken, too')}`;
    return [...cause, title, ...others.map((failure) => this.failure(failure))];
  }

  private suspects(): string[] {
    const suspects = this.diagnosis.notJudged.flatMap(({ suspect }) => suspect ?? []);
    if (suspects.length === 0) return [];
    return [
      `## ${l10n.t('What only some processors allow')}`,
      ...suspects.map((failure) => this.failure(failure)),
    ];
  }

  /** One rule: what was found, each field with its line, what is allowed, and where that is written. */
  private failure({ fields, found, allowed, rule, section }: Failure): string {
    const places = fields.flatMap((id) => {
      const line = this.diagnosis.dump.fields.get(id)?.place.line;
      return line === undefined ? [] : [withNote(fieldLink(id), this.line(line))];
    });
    return [
      `**${escaped(found)}**`,
      labelled(l10n.t('allowed'), escaped(allowed)),
      ...(places.length === 0 ? [] : [labelled(l10n.t('fields'), listed(places))]),
      `*${section}*, \`${rule}\``,
    ].join('  \n');
  }

  private line(line: number): string {
    const text = l10n.t('line {0}', line);
    const link = this.options.lineLink?.(line);
    return link === undefined ? text : `[${text}](${link})`;
  }

  private exit(): string[] {
    const sentence = exitSentence(this.diagnosis);
    return sentence === '' ? [] : [`## ${l10n.t('The exit')}`, escaped(sentence)];
  }

  private notJudged(): string[] {
    const { notJudged } = this.diagnosis;
    const sentences = notJudgedSentences(notJudged).map((sentence) => `- ${escaped(sentence)}`);
    const rules = notJudged.map((each) => `| ${notJudgedRow(each).join(' | ')} |`);
    const head = [l10n.t('rule'), l10n.t('not printed'), l10n.t('section')];
    const table = [row(head), row(head.map(() => '---')), ...rules].join('\n');
    return [
      `## ${l10n.t('What was not judged')}`,
      [...sentences, `- ${capabilitiesSentence()}`].join('\n'),
      ...(rules.length === 0 ? [] : [table]),
    ];
  }

  private damages(): string[] {
    const { damages } = this.diagnosis.dump;
    if (damages.length === 0) return [];
    const lines = damages.map((damage) => `- ${escaped(damageLine(damage))}`);
    return [`## ${l10n.t('What could not be read')}`, lines.join('\n')];
  }

  private fields(): string[] {
    return fieldGroups(this.diagnosis.dump).flatMap(({ title, fields }) => [
      `## ${title}`,
      ...fields.flatMap((field) => this.field(field)),
    ]);
  }

  private field({ id, name, section, found, layout, meaning }: ExplainedField): string[] {
    const value = withNote(`\`${hex(found.value)}\``, this.line(found.place.line));
    const said = [thenSentence(escaped(name), value), escaped(meaning), `*${section}*`];
    const parts = [`#### ${id}`, said.filter((text) => text !== '').join('  \n')];
    if (!layout) return parts;
    const head = [l10n.t('bits'), l10n.t('name'), l10n.t('value'), l10n.t('what it is')];
    const rows = bitRowsOf(layout, found.value).map((cells) => row(cells.map(escaped)));
    return [...parts, [row(head), row(head.map(() => '---')), ...rows].join('\n')];
  }
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function notJudgedRow({ rule, missing, section }: NotJudged): string[] {
  return [`\`${rule}\``, missing.map((id) => `\`${id}\``).join(' '), section];
}
