import type { SourceFiles } from '../program';
import * as l10n from '@vscode/l10n';
import type { Analysis, ProgramOptions } from './analysis';
import { completionsAt, documentationOf, type NamedFile } from './completion/completion';
import type { CompletionItem, ItemKind } from './completion/item';
import { Documents } from './documents';
import { fixesAt, type Fix } from './fixes';
import { foldsOf, type Fold } from './folding';
import { formatEdits, type FormatOptions, type TextEdit } from './format/format';
import { hoverAt, occurrenceAt, tokenAt, type Hover } from './hover/hover';
import { Includers } from './includers';
import { definitionsAt, occurrencesOf, sameEntities } from './navigation';
import { matchingSymbols, outlineOf, type OutlineItem, type WorkspaceSymbol } from './outline';
import { problemsOf, type Problem } from './problems';
import { FileView } from './program-view';
import { Programs } from './programs';
import { renamable, rename, RenameError, type Edit } from './rename';
import { semanticTokensOf, type SemanticToken } from './semantic-tokens';
import { signatureAt, type SignatureHelp } from './signature';
import type { SourceText } from './text';
import { placeOf, rangeOf, type Place, type Position, type Range } from './text';

/** What the service needs of its surroundings. Files are named by URIs or paths, the same file always in the same way. */
export interface LanguageHost extends SourceFiles {
  /** The content of a file that is not open. */
  read(file: string): Promise<Uint8Array>;
  /** All files of the workspace that may be assembly. */
  sources(): Promise<readonly string[]>;
  /** What is in a folder (its name ends in a slash). */
  list(folder: string): Promise<readonly NamedFile[]>;
  /** How the program of this main file is assembled. */
  options(root: string): ProgramOptions;
}

/** How long the programs of the workspace are assembled for one look at their symbols. */
const SYMBOLS_MS = 2000;

/** Words on the texts of an editor. Everything is computed from what the assembler makes of them. */
export class LanguageService {
  private readonly documents: Documents;
  private readonly includers: Includers;
  private readonly programs: Programs;

  constructor(private readonly host: LanguageHost) {
    this.documents = new Documents(host);
    const folders = (root: string): readonly string[] => host.options(root).includeDirs ?? [];
    this.includers = new Includers(this.documents, () => host.sources(), folders);
    this.programs = new Programs(this.documents, this.includers, (root) => host.options(root));
  }

  // --- texts ------------------------------------------------------------------------------------------------------

  /** A document was opened or has changed. */
  set(file: string, text: string): void {
    this.documents.set(file, text);
  }

  close(file: string): void {
    this.documents.close(file);
    this.programs.forget(file);
  }

  /** A file that is not open has changed, come or gone. */
  changedOnDisk(file: string): void {
    this.documents.changedOnDisk(file);
    this.includers.forget();
    if (!this.documents.isOpen(file)) this.programs.invalidate();
  }

  /** Options have changed. */
  invalidate(): void {
    this.programs.invalidate();
  }

  /** A file with its program as it is now. */
  private async view(file: string): Promise<FileView> {
    const analysis = await this.programs.of(file);
    return new FileView(await this.text(file, analysis), analysis);
  }

  /** A file with what is known at once, for questions asked while typing. */
  private async quickView(file: string): Promise<FileView> {
    const analysis = this.programs.latest(file);
    return analysis ? new FileView(await this.text(file, analysis), analysis) : this.view(file);
  }

  private async text(file: string, analysis: Analysis | undefined): Promise<SourceText> {
    const text = await this.documents.text(file);
    const analyzed = analysis?.texts.get(file);
    return analyzed?.text === text.text ? analyzed : text;
  }

  // --- questions --------------------------------------------------------------------------------------------------

  /** The messages about the program that a file is part of, for each of its files. */
  async problems(file: string): Promise<ReadonlyMap<string, readonly Problem[]>> {
    const analysis = await this.programs.of(file);
    if (!analysis) {
      const message = l10n.t('Assembling this program takes too long to do while you type.');
      const start = { line: 0, character: 0 };
      const problem = {
        range: { start, end: start },
        severity: 'information' as const,
        message,
        related: [],
      };
      return new Map([[file, this.programs.isSlow(file) ? [problem] : []]]);
    }
    return problemsOf(analysis);
  }

  /** What may mend an error that begins here. */
  async fixes(file: string, position: Position): Promise<Fix[]> {
    return fixesAt(await this.view(file), position);
  }

  async hover(file: string, position: Position): Promise<Hover | undefined> {
    return hoverAt(await this.view(file), position);
  }

  async completions(file: string, position: Position): Promise<CompletionItem[]> {
    return completionsAt(await this.quickView(file), position, (beginning) =>
      this.host.list(file.slice(0, file.lastIndexOf('/') + 1) + beginning),
    );
  }

  /** More about a completion, in Markdown. */
  async describe(
    file: string,
    line: number,
    label: string,
    kind: ItemKind,
  ): Promise<string | undefined> {
    return documentationOf(label, kind, (await this.quickView(file)).bits(line));
  }

  async signature(
    file: string,
    position: Position,
    asked: boolean,
  ): Promise<SignatureHelp | undefined> {
    return signatureAt(await this.quickView(file), position, asked);
  }

  async definitions(file: string, position: Position): Promise<Place[]> {
    const view = await this.view(file);
    return view.analysis && view.current ? definitionsAt(view.analysis, file, position) : [];
  }

  /** All places where what stands here is named, in all programs it is part of. */
  async references(file: string, position: Position, declarations: boolean): Promise<Place[]> {
    const occurrence = occurrenceAt(await this.view(file), position);
    if (!occurrence) return [];
    const entities = sameEntities(occurrence, await this.programs.allOf(file));
    return occurrencesOf(entities, declarations).map(({ span }) => placeOf(span));
  }

  /** Those of this file, with whether they define it. */
  async highlights(
    file: string,
    position: Position,
  ): Promise<{ place: Place; definition: boolean }[]> {
    const occurrence = occurrenceAt(await this.view(file), position);
    if (!occurrence) return [];
    return occurrencesOf([occurrence.entity])
      .filter(({ span }) => span.file === file)
      .map(({ span, definition }) => ({ place: placeOf(span), definition }));
  }

  /** Rejects with RenameError where nothing can be renamed. */
  async prepareRename(
    file: string,
    position: Position,
  ): Promise<{ range: Range; placeholder: string }> {
    const view = await this.view(file);
    return renamable(occurrenceAt(view, position), tokenAt(view, position)?.text ?? '');
  }

  /** Rejects with RenameError where the name cannot be given. */
  async rename(file: string, position: Position, name: string): Promise<Edit[]> {
    const view = await this.view(file);
    const occurrence = occurrenceAt(view, position);
    renamable(occurrence, tokenAt(view, position)?.text ?? '');
    if (!occurrence) throw new RenameError(l10n.t('There is no name here that could be renamed.'));
    return rename(occurrence, name, await this.programs.allOf(file));
  }

  async outline(file: string): Promise<OutlineItem[]> {
    const { analysis } = await this.view(file);
    return analysis ? outlineOf(analysis, file) : [];
  }

  /**
   * Of the programs that open files belong to, and of all others in the workspace, as many as can be assembled in the time
   * that a person waits; asked again, it knows the rest.
   */
  async workspaceSymbols(query: string): Promise<WorkspaceSymbol[]> {
    const analyses = new Set<Analysis>();
    const end = Date.now() + SYMBOLS_MS;
    for (const file of this.documents.openFiles) {
      const analysis = await this.programs.of(file);
      if (analysis) analyses.add(analysis);
    }
    for (const root of await this.includers.allMainFiles()) {
      if (Date.now() > end) break;
      const analysis = await this.programs.ofMain(root);
      if (analysis) analyses.add(analysis);
    }
    return [...analyses].flatMap((analysis) => matchingSymbols(analysis, query));
  }

  async semanticTokens(file: string): Promise<SemanticToken[]> {
    return semanticTokensOf(await this.view(file));
  }

  /** The names of included files, and where they lead. */
  async links(file: string): Promise<{ range: Range; target: string }[]> {
    const { analysis, current } = await this.view(file);
    const named = analysis && current ? analysis.index.in(file) : [];
    return named
      .filter(({ entity }) => entity.kind === 'file')
      .map(({ span, entity }) => ({ range: rangeOf(span), target: entity.name }));
  }

  async folds(file: string): Promise<Fold[]> {
    return foldsOf(await this.documents.text(file));
  }

  async format(file: string, options: FormatOptions, range?: Range): Promise<TextEdit[]> {
    const view = await this.quickView(file);
    return formatEdits(view.text, options, view.isMacro, range);
  }
}
