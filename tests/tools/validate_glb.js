// node validate_glb.js MODULE_FOLDER FILE...: prints errors and warnings; exit status 1 if there are any.
'use strict';
const fs = require('fs');
const path = require('path');
const validator = require(path.join(process.argv[2], 'gltf-validator'));

(async () => {
  let bad = 0;
  for (const file of process.argv.slice(3)) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), {uri: file});
    const found = report.issues.messages.filter((m) => m.severity <= 1);
    for (const m of found) console.log(`${file}: ${m.code} ${m.pointer || ''} ${m.message}`);
    bad += found.length;
  }
  process.exit(bad > 0 ? 1 : 0);
})();
