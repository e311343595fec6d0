import { defineStack } from '@slipway/cli'
import greeter from './services/greeter/service.ts'

export default defineStack({
  deployments: [
    { service: greeter, name: 'customer-a', namespace: 'customer-a', host: 'customer-a.parcellab.com', config: { CUSTOMER_NAME: 'A' } },
    { service: greeter, name: 'customer-b', namespace: 'customer-b', host: 'customer-b.parcellab.com', config: { CUSTOMER_NAME: 'B' } },
    { service: greeter, name: 'customer-c', namespace: 'customer-c', host: 'customer-c.parcellab.com', config: { CUSTOMER_NAME: 'C' } },
  ],
})
