import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['ts/dist/', 'node_modules/', 'ts/src/encoding/kernels/', '.haulout/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unused-expressions': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['ts/src/cli/**', 'scripts/**', 'bin/**', 'docs/examples/**'], rules: { 'no-console': 'off' } },
);
