// Answers messages in Node: call.mjs MESSAGE... prints a line for each.
import { answer } from './answer.mjs';

for (const message of process.argv.slice(2)) console.log(JSON.stringify(await answer(message)));
