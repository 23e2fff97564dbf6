export * from './apps.ts'
export * from './member-role.ts'
