// Loaded into a service before it starts: SIGUSR2 collects its garbage.
const collect = process.versions.bun === undefined ? globalThis.gc : () => Bun.gc(true)
process.on('SIGUSR2', () => void collect?.())
