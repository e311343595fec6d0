{{/*
One egress rule: { host, port, cidr }. A NetworkPolicy knows addresses and pods, but no names, so a name in the cluster is allowed as its
namespace, and a public one as every address on that port, but for the link-local ones, among which clouds hand out credentials.
*/}}
{{- define "slipway.egressRule" -}}
{{- $host := trimAll "[]" .host -}}
{{- $address := regexMatch "^[0-9.]+$|:" $host -}}
{{- $labels := splitList "." $host -}}
{{- $isService := and (not $address) (or (eq (len $labels) 1) (regexMatch "\\.svc(\\.cluster\\.local)?$" $host)) -}}
- to:
  {{- if .cidr }}
    - ipBlock:
        cidr: {{ .cidr | quote }}
  {{- else if $address }}
    - ipBlock:
        cidr: "{{ $host }}/{{ ternary 128 32 (contains ":" $host) }}"
  {{- else if eq (len $labels) 1 }}
    - podSelector: {}
  {{- else if $isService }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ index $labels 1 | quote }}
  {{- else }}
    - ipBlock:
        cidr: 0.0.0.0/0
        except: [169.254.0.0/16]
    - ipBlock:
        cidr: ::/0
        except: ["fe80::/10"]
  {{- end }}
  {{- /* The port of a pod counts, and behind a Service's 80 or 443 it is mostly another one. */}}
  {{- if not (and $isService (or (eq (int .port) 80) (eq (int .port) 443))) }}
  ports:
    - port: {{ .port }}
      protocol: TCP
  {{- end }}
{{- end -}}

{{/* The pod of `helm test`, which may ask whatever else may not. */}}
{{- define "slipway.testPeer" -}}
- podSelector:
    matchLabels:
      app.kubernetes.io/instance: {{ .Release.Name }}-test
{{- end -}}
