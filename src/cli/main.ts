#!/usr/bin/env node
void import('./ringside.js').then(({ commandLine }) => commandLine());
