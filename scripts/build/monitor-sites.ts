import ts from 'typescript';

const AT = '__ringsideAt';
const WITHIN = '__ringsideWithin';
const SITES = '__ringsideSites';

/** Text in the place of so many characters. */
interface Edit {
  readonly position: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Tells each operation of the monitor where it stands: `yield vmread(…)` becomes
 * `yield at(sites[n], vmread(…))`, with file, function and place of `yield` (from 1) in the list
 * `sites`. Delegation becomes something to be yielded, too, and tells where it was called:
 * `yield* handler()` becomes `yield  within(sites[n], handler())`. No line is added, so that line
 * numbers stay those of the source.
 *
 * @param text the source
 * @param file the name under which the debugger serves it: 'vmm/hardware/exits/cpuid.ts'
 * @param operationModule what `at` is imported from, as seen from the file
 */
export function addOperationSites(text: string, file: string, operationModule: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const sites: object[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isYieldExpression(node) && node.expression) {
      const start = node.getStart(source);
      const { line, character } = source.getLineAndCharacterOfPosition(start);
      const place = { file, line: line + 1, column: character + 1 };
      const number = sites.push({ ...place, function: enclosingFunctionName(node) }) - 1;
      const { expression, asteriskToken } = node;
      if (asteriskToken)
        edits.push({ position: asteriskToken.getStart(source), length: 1, text: ' ' });
      const helper = asteriskToken ? WITHIN : AT;
      const opening = `${helper}(${SITES}[${String(number)}], `;
      edits.push(insertion(expression.getStart(source), opening));
      edits.push(insertion(expression.getEnd(), ')'));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (edits.length === 0) return text;
  const helperImport = `import { at as ${AT}, within as ${WITHIN} } from ${JSON.stringify(operationModule)};`;
  const list = `const ${SITES} = ${JSON.stringify(sites)};`;
  return applyAll(text, [insertion(0, helperImport + list), ...edits]);
}

const insertion = (position: number, text: string): Edit => ({ position, length: 0, text });

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

function applyAll(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((a, b) => a.position - b.position);
  let result = '';
  let done = 0;
  for (const { position, length, text: put } of inOrder) {
    result += text.slice(done, position) + put;
    done = position + length;
  }
  return result + text.slice(done);
}
