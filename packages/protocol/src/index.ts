export * from './checkout-message.ts'
export * from './error-code.ts'
export * from './http.ts'
export * from './palette.ts'
