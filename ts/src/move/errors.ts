/** Errors of the Move toolchain. Everything a user can cause is a `MoveToolError`. */

/** Base class: the message says what was wrong and names the input. */
export class MoveToolError extends Error {
  override readonly name: string = 'MoveToolError';
}

/** The folder holds no readable Move package. */
export class PackageNotFound extends MoveToolError {
  override readonly name = 'PackageNotFound';
  constructor(
    readonly directory: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${directory} is not a Move package: ${reason}`, options);
  }
}

/** `Move.toml` does not parse or asks for something that is not offered. */
export class ManifestInvalid extends MoveToolError {
  override readonly name = 'ManifestInvalid';
  constructor(
    readonly path: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${path}: ${reason}`, options);
  }
}

/** More source than a package may have; the limit is on bytes of all sources of one package. */
export class PackageTooLarge extends MoveToolError {
  override readonly name = 'PackageTooLarge';
  constructor(
    readonly directory: string,
    readonly limitBytes: number,
  ) {
    super(`${directory} has more than ${limitBytes} bytes of Move sources`);
  }
}

/** A dependency would have to be fetched from outside this machine. */
export class RemoteDependencyRefused extends MoveToolError {
  override readonly name = 'RemoteDependencyRefused';
  constructor(readonly source: string) {
    super(
      `the dependency ${source} would be fetched from the network; copy it beside the package and name it ` +
        'with { local = "…" } instead (std and sui need no entry)',
    );
  }
}

/** The compiler refused the package. `diagnostics` is the compiler's own text. */
export class CompileFailed extends MoveToolError {
  override readonly name = 'CompileFailed';
  constructor(
    readonly directory: string,
    readonly category: string,
    readonly diagnostics: string,
  ) {
    super(`${directory} does not build (${category})\n${diagnostics}`);
  }
}
