import { defineStack } from '@slipway/cli'
import configs from './services/configs/service.ts'
import greeter from './services/greeter/service.ts'
import passengers from './services/passengers/service.ts'
import shout from './services/shout/service.ts'
import { startStandIn } from './services/shout/stand-in/stand-in.ts'
import users from './services/users/service.ts'

export default defineStack({
  deployments: [
    { service: greeter, name: 'customer-a', namespace: 'customer-a', host: 'customer-a.parcellab.com', config: { CUSTOMER_NAME: 'A' } },
    { service: greeter, name: 'customer-b', namespace: 'customer-b', host: 'customer-b.parcellab.com', config: { CUSTOMER_NAME: 'B' } },
    { service: greeter, name: 'customer-c', namespace: 'customer-c', host: 'customer-c.parcellab.com', config: { CUSTOMER_NAME: 'C' } },
    { service: configs, name: 'configs', namespace: 'configs', host: 'configs.parcellab.com' },
    { service: passengers, name: 'passengers', namespace: 'passengers', host: 'passengers.parcellab.com' },
    { service: users, name: 'users', namespace: 'users', host: 'users.parcellab.com' },
    { service: shout, name: 'shout', namespace: 'shout', host: 'shout.parcellab.com' },
  ],
  local: {
    standIns: [{ name: 'shoutcloud', port: 8190, start: startStandIn, config: (url) => ({ SHOUTCLOUD_URL: `${url}/V1/SHOUT` }) }],
    databases: { users: { system: 'mariadb', seed: 'services/users/icat.sql' } },
  },
})
