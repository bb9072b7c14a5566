/**
 * `npm run check:l10n`: every text that a user reads stands in the Chinese bundle, and every text for people
 * is given to `l10n.t`. With --missing, prints those that the bundle lacks, as JSON; with --prune, takes out
 * what nobody asks for any more.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { translatableGlosses } from '../src/isa/translatable';
import { readTexts, type Finding } from './l10n/reader';

const ROOT = resolve(__dirname, '..');
const BUNDLE = join(ROOT, 'l10n/bundle.l10n.zh-cn.json');

type Bundle = Record<string, string>;

/** Where texts of the tables of isa/ come out, all of which `translatableGlosses` lists. */
const TABLES = new Set([
  ...['gloss', 'name', 'values', 'meaning', 'typeName', 'family', 'condition'],
  ...['GPR_GLOSSES', 'SEG_GLOSSES', 'CLASS_GLOSSES', 'VM_INSTRUCTION_ERRORS', 'VMX_ABORTS', "''"],
  ...['segmentTypeName', 'instructionGloss', 'RING0_ONLY', 'ANY_RING'],
]);

/** Below these faces nothing is said to people, or in words of the manual, of the machine and of a protocol alone. */
const SILENT = /^src\/(isa|processor|machine|vmm|session|cli|gdb)\//;
/** How NASM's words are written. */
const SYNTAX =
  /^src\/(language\/(word|preprocessor)-glosses|program\/preprocessor\/packages|debugger\/expressions\/help)\.ts$/;
/** HTML and CSS, into which the texts for people are put. */
const MARKUP =
  /^src\/vscode\/(screen\/(markup|style)|recordings\/page-html|comparison\/(style|webview\/\w+)|webviews\/page-html|(timeline|page-walk|machine)\/(style|webview\/\w+))\.ts$/;
/** Texts for whoever changes the code: of errors that no user can bring about, and of languages. */
const FOR_PROGRAMMERS = new Set([
  'GNU as',
  '<command line>',
  '{} asks for {}, which no browser has',
  '{} makes {} bytes in place of {}',
  'a known moment is not reached',
  'data breakpoint',
  'file needed',
  'nothing is recorded',
  'the target runs already',
  'nothing is recorded',
  'no input left',
  'no such file: {}',
  'the BIOS has no {}',
  'not in a folder: {}',
  '{} is asked for before it is loaded',
  'unable to multiply two non-scalar values',
  'unless string',
]);

function sources(): { program: ts.Program; files: ts.SourceFile[] } {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) =>
    ts.sys.readFile(file),
  ) as {
    config: unknown;
  };
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const own = fileNames.filter(
    (file) => inRoot(file).startsWith('src/') && !/\.(test|testing)\.ts$/.test(file),
  );
  const program = ts.createProgram(own, options);
  return { program, files: own.flatMap((file) => program.getSourceFile(file) ?? []) };
}

const inRoot = (file: string): string => relative(ROOT, file).replaceAll('\\', '/');

/** {0}, {1} … must be the same in both languages. */
function placeholders(text: string): string {
  return [...text.matchAll(/\{\w+\}/g)]
    .map(([match]) => match)
    .sort()
    .join();
}

const byKey = ([a]: [string, string], [b]: [string, string]): number =>
  JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;

function main(): void {
  const { program, files } = sources();
  const { asked, unknown, outside } = readTexts(program, files, (name) => TABLES.has(name));
  const texts = new Set([...asked, ...translatableGlosses()]);
  const bundle = JSON.parse(readFileSync(BUNDLE, 'utf8')) as Bundle;
  const missing = [...texts].filter((text) => !bundle[text]).sort();
  if (process.argv.includes('--missing')) {
    process.stdout.write(`${JSON.stringify(missing, undefined, 1)}\n`);
    return;
  }
  if (process.argv.includes('--prune')) {
    const kept = Object.entries(bundle).filter(([text]) => texts.has(text));
    const sorted = Object.fromEntries(kept.sort(byKey));
    writeFileSync(BUNDLE, `${JSON.stringify(sorted, undefined, 2)}\n`);
    return;
  }
  const entries = Object.entries(bundle);
  const never = outside.filter(
    ({ file, text }) =>
      !SILENT.test(inRoot(file)) &&
      !SYNTAX.test(inRoot(file)) &&
      !MARKUP.test(inRoot(file)) &&
      !texts.has(text) &&
      !FOR_PROGRAMMERS.has(text),
  );
  const place = ({ file, line, text }: Finding): string =>
    `${inRoot(file)}:${String(line)}: ${JSON.stringify(text)}`;
  const complaints = [
    ...missing.map((text) => `not translated: ${JSON.stringify(text)}`),
    ...entries
      .filter(([text]) => !texts.has(text))
      .map(([text]) => `not used: ${JSON.stringify(text)}`),
    ...entries
      .filter(([text, chinese]) => placeholders(text) !== placeholders(chinese))
      .map(([text]) => `placeholders differ: ${JSON.stringify(text)}`),
    ...unknown.map((finding) => `not known to the bundle: ${place(finding)}`),
    ...never.map((finding) => `never given to l10n.t: ${place(finding)}`),
  ];
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  process.stdout.write(
    `${inRoot(BUNDLE)}: ${String(texts.size)} texts, ${String(missing.length)} missing\n`,
  );
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

main();
