import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksumsOf, REMEDY } from '../../test/checksums-of.ts'
import createUser from './migrations/001-create-user.ts'
import inventedUsers from './migrations/002-invented-users.ts'

test('the migrations are what they were', () => {
  const expected = {
    '001-create-user': {
      sqlite: '60256b8e8f5b602bd907c20e400cb548d5c901ce6d4e4c7bcd2ba1aaf3050c3f',
      postgresql: 'e35016a1505b546d815e6f2fc0c4e48ca555666cfeb0e592438d85c1ef902729',
      mysql: 'fa904f8a75081785b8bf832fe5cade8a7a110856aab4d33d7af8da6cf801d764',
    },
    '002-invented-users': {
      sqlite: '5b5f32560e4aeb051ec517193c25df6f3328c8bc47e7a414954d8656d39f81d8',
      postgresql: '4a16ca0b8aa8c77a8c9db381d205de18ab565e405dca48b21eb6fa3938d92287',
      mysql: '8fdfb2efb0a6de94f989c7384fdfa78025707dd4238e462a93ffc8d3712dc303',
    },
  }
  assert.deepEqual(checksumsOf([createUser, inventedUsers]), expected, REMEDY)
})
