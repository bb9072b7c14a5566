import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unknownAttributes } from '../src/adapter/running/launch-attributes';
import { INTERCEPTS } from '../src/vmm';
import { ASSEMBLY_LANGUAGES } from '../src/vscode/language/languages';

const ROOT = resolve(__dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Manifest {
  contributes: {
    breakpoints: { language: string }[];
    commands: { command: string }[];
    menus: Record<string, { command?: string; submenu?: string }[]>;
    debuggers: {
      languages: string[];
      configurationAttributes: { launch: { properties: Record<string, unknown> } };
    }[];
  };
}

describe('manifest', () => {
  const text = read('package.json');
  const { contributes } = JSON.parse(text) as Manifest;
  const used = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key));

  for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
    it(`${file} has each text that is asked for, and no other`, () => {
      const keys = Object.keys(JSON.parse(read(file)) as object);
      assert.deepEqual(keys.sort(), [...used].sort());
    });
  }

  it('describes exactly the launch attributes that the adapter knows', () => {
    const properties = contributes.debuggers[0]?.configurationAttributes.launch.properties ?? {};
    assert.deepEqual(unknownAttributes(properties), []);
    const protocol = read('src/adapter/protocol.ts');
    const body = /interface LaunchArguments[^{]*\{(.*?)\n\}/s.exec(protocol)?.[1] ?? '';
    const known = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);
    assert.deepEqual(Object.keys(properties).sort(), known.sort());
  });

  it('offers exactly the intercepts that the monitor can ask for', () => {
    const { intercepts } =
      contributes.debuggers[0]?.configurationAttributes.launch.properties ?? {};
    assert.deepEqual((intercepts as { items: { enum: string[] } }).items.enum, [...INTERCEPTS]);
  });

  it('allows breakpoints in each language id of assembly, of what is compiled, and in the monitor', () => {
    const languages = contributes.breakpoints.map(({ language }) => language);
    assert.deepEqual(languages, [...ASSEMBLY_LANGUAGES, 'c', 'cpp', 'rust', 'typescript']);
    assert.deepEqual(contributes.debuggers[0]?.languages, [...ASSEMBLY_LANGUAGES]);
  });

  it('puts only commands that there are into menus', () => {
    const commands = new Set(contributes.commands.map(({ command }) => command));
    const placed = Object.values(contributes.menus).flatMap((entries) =>
      entries.flatMap(({ command }) => (command === undefined ? [] : [command])),
    );
    assert.deepEqual(
      placed.filter((command) => !commands.has(command)),
      [],
    );
  });
});
