/** `npm start`: starts Apache httpd in front of the API and prints what three clients are answered. @module */
import { runBehind } from 'countersign-behind-proxy'
import { example } from './example.ts'

for (const line of await runBehind(example)) console.log(line)
