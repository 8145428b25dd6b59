/**
 * Loaded into every process that a drill starts (`--import`): when the drill is gone without having
 * ended them (SIGKILL), their stdin closes, and they end by themselves.
 */
process.stdin.resume().once('close', () => process.exit(0));
