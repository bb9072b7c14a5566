import ts from 'typescript';

const AT = '__ringsideAt';
const WITHIN = '__ringsideWithin';
const SITES = '__ringsideSites';

interface Insertion {
  readonly position: number;
  readonly text: string;
}

/**
 * Tells each operation of the monitor where it stands: `yield vmread(…)` becomes
 * `yield at(sites[n], vmread(…))`, with file, function and place of `yield` (from 1) in the list
 * `sites`. Delegation tells where it was called: `yield* handler()` becomes
 * `yield* within(sites[n], handler())`. No line is added, so that line numbers stay those of the source.
 *
 * @param text the source
 * @param file the name under which the debugger serves it: 'vmm/vtx/exits/cpuid.ts'
 * @param operationModule what `at` is imported from, as seen from the file
 */
export function addOperationSites(text: string, file: string, operationModule: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const insertions: Insertion[] = [];
  const sites: object[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isYieldExpression(node) && node.expression) {
      const start = node.getStart(source);
      const { line, character } = source.getLineAndCharacterOfPosition(start);
      const place = { file, line: line + 1, column: character + 1 };
      const number = sites.push({ ...place, function: enclosingFunctionName(node) }) - 1;
      const { expression } = node;
      const helper = node.asteriskToken ? WITHIN : AT;
      insertions.push({
        position: expression.getStart(source),
        text: `${helper}(${SITES}[${String(number)}], `,
      });
      insertions.push({ position: expression.getEnd(), text: ')' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (insertions.length === 0) return text;
  const helperImport = `import { at as ${AT}, within as ${WITHIN} } from ${JSON.stringify(operationModule)};`;
  const list = `const ${SITES} = ${JSON.stringify(sites)};`;
  return insertAll(text, [{ position: 0, text: helperImport + list }, ...insertions]);
}

/** The name that a reader would give the function: its own, or that of what it is assigned to. */
function enclosingFunctionName(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (!ts.isFunctionLike(at)) continue;
    const named = at.name ?? nameOfOwner(at.parent);
    if (named && 'text' in named) return String(named.text);
    if (named) return named.getText();
  }
  return '';
}

function nameOfOwner(owner: ts.Node): ts.Node | undefined {
  return ts.isVariableDeclaration(owner) || ts.isPropertyAssignment(owner) ? owner.name : undefined;
}

function insertAll(text: string, insertions: readonly Insertion[]): string {
  const inOrder = [...insertions].sort((a, b) => a.position - b.position);
  let result = '';
  let done = 0;
  for (const { position, text: inserted } of inOrder) {
    result += text.slice(done, position) + inserted;
    done = position;
  }
  return result + text.slice(done);
}
