import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { canRunServer, installServer } from '../../scripts/vscode/install';
import { statementWords } from '../../src/program/words';
import { mnemonicNames } from '../../src/program/x86/mnemonics';
import { registerNames } from '../../src/program/x86/registers';
import { ROOT } from '../workbench/workspace-copy';

/** The little of `vscode-textmate` and `vscode-oniguruma` that is used here. */
interface TextMate {
  readonly INITIAL: unknown;
  readonly Registry: new (options: object) => {
    loadGrammar(scope: string): Promise<Grammar>;
  };
  parseRawGrammar(content: string, path: string): unknown;
}
interface Grammar {
  tokenizeLine(
    line: string,
    state: unknown,
  ): {
    readonly tokens: readonly { startIndex: number; endIndex: number; scopes: string[] }[];
    readonly ruleStack: unknown;
  };
}
interface Oniguruma {
  loadWASM(data: ArrayBufferLike): Promise<void>;
  createOnigScanner(patterns: string[]): unknown;
  createOnigString(text: string): unknown;
}

/** Our grammar in the engine of the very VS Code that the other tests run. */
async function loadGrammar(): Promise<{ grammar: Grammar; initial: unknown }> {
  const { folder } = await installServer();
  const load = createRequire(join(folder, 'package.json'));
  const textmate = load('vscode-textmate') as TextMate;
  const oniguruma = load('vscode-oniguruma') as Oniguruma;
  const wasm = join(load.resolve('vscode-oniguruma'), '../onig.wasm');
  await oniguruma.loadWASM(new Uint8Array(readFileSync(wasm)).buffer);
  const path = join(ROOT, 'syntaxes/nasm.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve(oniguruma),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(path, 'utf8'), path)),
  });
  return { grammar: await registry.loadGrammar('source.nasm'), initial: textmate.INITIAL };
}

const SOURCE = `; every kind of word once
%define FAST 1
%macro put 1
        mov al, %1
%%done: nop
%endmacro
%ifdef FAST
        bits 64
%endif
%include "io.inc"
        section .data
name:   db "text", 0x2a, 42, 'a', \`\\n\`
SIZE    equ $ - name
start:  lock add dword [rax + rcx*4], 0b101
.local: rep movsb
        vmlaunch
        mov cr3, rax
        movaps xmm1, [rel name]
        jmp short .local`;

const EXPECTED: Readonly<Record<string, RegExp>> = {
  '; every kind of word once': /comment\.line/,
  '%define': /keyword\.control\.directive\.define/,
  '%macro': /keyword\.control\.directive\.macro/,
  put: /entity\.name\.function\.preprocessor/,
  '%1': /variable\.parameter/,
  '%%done': /label\.local/,
  '%ifdef': /keyword\.control\.directive\.conditional/,
  '%include': /keyword\.control\.directive\.include/,
  '"io.inc"': /string\.quoted/,
  bits: /keyword\.other\.directive/,
  section: /keyword\.other\.directive/,
  '.data': /storage\.modifier\.section/,
  db: /storage\.type\.data/,
  text: /string\.quoted\.double/,
  '0x2a': /constant\.numeric\.hex/,
  '42': /constant\.numeric\.decimal/,
  '0b101': /constant\.numeric\.binary/,
  '\\n': /constant\.character\.escape/,
  SIZE: /variable\.other\.constant/,
  equ: /keyword\.other\.directive/,
  $: /constant\.language\.position/,
  start: /entity\.name\.function\.label/,
  lock: /keyword\.control\.prefix/,
  add: /support\.function\.mnemonic/,
  dword: /storage\.type\.size/,
  rax: /variable\.language\.register\.general/,
  '.local': /label\.local/,
  rep: /keyword\.control\.prefix/,
  movsb: /support\.function\.mnemonic/,
  vmlaunch: /privileged/,
  cr3: /variable\.language\.register\.system/,
  xmm1: /variable\.language\.register\.vector/,
  rel: /keyword\.operator\.word/,
  jmp: /keyword\.control\.flow/,
  short: /keyword\.operator\.word/,
};

if (canRunServer()) {
  describe('the grammar', () => {
    let pieces: { text: string; scopes: string }[];
    let loaded: Awaited<ReturnType<typeof loadGrammar>>;

    before(async function () {
      this.timeout(120_000);
      loaded = await loadGrammar();
      const { grammar, initial } = loaded;
      let state = initial;
      pieces = SOURCE.split('\n').flatMap((line) => {
        const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
        state = ruleStack;
        return tokens.map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex).trim(),
          scopes: scopes.join(' '),
        }));
      });
    });

    for (const [text, scope] of Object.entries(EXPECTED)) {
      it(`gives ${text} its scope`, () => {
        const found = pieces.filter((piece) => piece.text === text);
        assert.ok(found.length > 0, `"${text}" is no piece of its own`);
        for (const { scopes } of found) assert.match(scopes, scope);
      });
    }

    it('knows every instruction, register and directive of the assembler', () => {
      const { grammar, initial } = loaded;
      const scopeOf = (word: string, line: string): string => {
        const { tokens } = grammar.tokenizeLine(line, initial);
        const at = line.indexOf(word);
        return (
          tokens
            .find((t) => t.startIndex === at && t.endIndex === at + word.length)
            ?.scopes.join(' ') ?? ''
        );
      };
      const missing = [
        ...[...mnemonicNames()].filter(
          (w) => !/keyword|support\.function/.test(scopeOf(w, `  ${w}`)),
        ),
        ...[...registerNames()].filter((w) => !/register/.test(scopeOf(w, `  mov ${w}, 1`))),
        ...statementWords().filter((w) => !/keyword|storage|register/.test(scopeOf(w, `  ${w} 1`))),
      ];
      assert.deepEqual(missing, []);
    });
  });
}
