import ts from 'typescript';

/**
 * Which texts a program asks `l10n.t` to translate, and which texts for people it never gives to it: as far
 * as that can be told from the source and its types.
 */

/** A place in the source, and what stands there. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Texts {
  /** What `l10n.t` is called with: literals, and all values that a type allows. */
  readonly asked: ReadonlySet<string>;
  /** Calls whose text can be anything, and comes from no table that is known. */
  readonly unknown: readonly Finding[];
  /** Literals that read like a text for people and stand outside of `l10n.t`. */
  readonly outside: readonly Finding[];
}

/**
 * @param files the files to read, of a program that may have more
 * @param isTable whether texts that come out of a property, table or function of this name are translated
 *   as a whole (isa/translatable.ts lists what stands in them)
 */
export function readTexts(
  program: ts.Program,
  files: readonly ts.SourceFile[],
  isTable: (name: string) => boolean,
): Texts {
  const checker = program.getTypeChecker();
  const asked = new Set<string>();
  const unknown: Finding[] = [];
  const outside: Finding[] = [];
  const at = (node: ts.Node, text: string): Finding => {
    const source = node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return { file: source.fileName, line: line + 1, text };
  };

  const ask = (text: ts.Expression): void => {
    const values = literal(text) ?? valuesOf(checker.getTypeAtLocation(text));
    if (values) for (const value of values) asked.add(value);
    else if (!sourcesOf(text, checker).every(isTable)) unknown.push(at(text, text.getText()));
  };

  const visit = (node: ts.Node): void => {
    if (isTranslation(node)) {
      const [text, ...values] = node.arguments;
      if (text) ask(text);
      values.forEach(visit);
      return;
    }
    const text = textOf(node);
    if (text !== undefined && isForPeople(text) && !isForProgram(node, checker))
      outside.push(at(node, text));
    // What stands in types and imports is for the compiler.
    if (!ts.isLiteralTypeNode(node) && !ts.isImportDeclaration(node)) ts.forEachChild(node, visit);
  };
  files.forEach(visit);
  return { asked, unknown, outside };
}

/** `l10n.t(…)`, `vscode.l10n.t(…)` */
function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText());
}

/** A string literal, also one that is put together with +, as a list of one. */
function literal(node: ts.Expression): [string] | undefined {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken)
    return undefined;
  const [left, right] = [literal(node.left), literal(node.right)];
  return left && right && [left[0] + right[0]];
}

/** All values of a type, if they are strings that can be counted. */
function valuesOf(type: ts.Type): string[] | undefined {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => part.isStringLiteral())
    ? parts.map(({ value }) => value)
    : undefined;
}

/** The names of the properties, tables or functions out of which a text comes. */
function sourcesOf(node: ts.Node, checker: ts.TypeChecker): string[] {
  if (ts.isPropertyAccessExpression(node)) return [node.name.text];
  if (ts.isElementAccessExpression(node))
    return ts.isIdentifier(node.expression)
      ? [node.expression.text]
      : sourcesOf(node.expression, checker);
  if (ts.isCallExpression(node)) return [node.expression.getText()];
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node))
    return sourcesOf(node.expression, checker);
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].flatMap((branch) => sourcesOf(branch, checker));
  if (ts.isBinaryExpression(node))
    return [node.left, node.right].flatMap((side) => sourcesOf(side, checker));
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
  if (declaration && ts.isBindingElement(declaration))
    return [(declaration.propertyName ?? declaration.name).getText()];
  if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer)
    return sourcesOf(declaration.initializer, checker);
  return [node.getText()];
}

/** The text of a literal that is a value; `{}` stands for what a template puts in. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('{}');
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** Whether a literal is a key, one of the values of a type, or a list of words that is split. */
function isForProgram(node: ts.Node, checker: ts.TypeChecker): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === 'split') return true;
  const wanted = ts.isExpression(node) ? checker.getContextualType(node) : undefined;
  return wanted !== undefined && valuesOf(wanted) !== undefined;
}

/** Two words of which the second is written small: 'exit reason', 'Paused on {0}'. */
const isForPeople = (text: string): boolean => /\p{L}{2}[,:;]? \p{Ll}{2}/u.test(text);
