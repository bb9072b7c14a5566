/**
 * `npm run check:l10n`: every text that a user reads stands in the Chinese bundle. With --missing, prints
 * those that do not, as JSON; with --prune, takes out what nobody asks for any more.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { translatableGlosses } from '../src/isa/translatable';

const ROOT = resolve(__dirname, '..');
const BUNDLE = join(ROOT, 'l10n/bundle.l10n.zh-cn.json');

type Bundle = Record<string, string>;

/** The texts of all `l10n.t('…')` and `vscode.l10n.t('…')` in a file. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText())) {
      const [first] = node.arguments;
      const text = first && literal(first);
      if (text !== undefined) found.push(text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A string literal, also one that is put together with +. */
function literal(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken)
    return undefined;
  const [left, right] = [literal(node.left), literal(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

function wanted(): Set<string> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.(test|testing)\.ts$/.test(file),
  );
  const texts = files.flatMap((file) => textsOf(join(ROOT, 'src', file)));
  return new Set([...texts, ...translatableGlosses()]);
}

/** {0}, {1} … must be the same in both languages. */
function placeholders(text: string): string {
  return [...text.matchAll(/\{\w+\}/g)]
    .map(([match]) => match)
    .sort()
    .join();
}

function main(): void {
  const texts = wanted();
  const bundle = existsSync(BUNDLE) ? (JSON.parse(readFileSync(BUNDLE, 'utf8')) as Bundle) : {};
  const missing = [...texts].filter((text) => !bundle[text]).sort();
  const unused = Object.keys(bundle).filter((text) => !texts.has(text));
  const wrong = Object.entries(bundle).filter(
    ([text, chinese]) => placeholders(text) !== placeholders(chinese),
  );
  if (process.argv.includes('--missing')) {
    process.stdout.write(`${JSON.stringify(missing, undefined, 1)}\n`);
    return;
  }
  if (process.argv.includes('--prune')) {
    const kept = Object.fromEntries(
      Object.entries(bundle)
        .filter(([text]) => texts.has(text))
        .sort(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
    writeFileSync(BUNDLE, `${JSON.stringify(kept, undefined, 2)}\n`);
    return;
  }
  for (const text of missing) process.stderr.write(`not translated: ${JSON.stringify(text)}\n`);
  for (const text of unused) process.stderr.write(`not used: ${JSON.stringify(text)}\n`);
  for (const [text] of wrong)
    process.stderr.write(`placeholders differ: ${JSON.stringify(text)}\n`);
  process.stdout.write(
    `${relative(ROOT, BUNDLE)}: ${String(texts.size)} texts, ${String(missing.length)} missing\n`,
  );
  process.exitCode = missing.length + unused.length + wrong.length > 0 ? 1 : 0;
}

main();
