{{/*
A scalar as text, as it was written, null too: { name, value }. YAML's and JSON's numbers arrive as floats, which JSON writes plainly and toString as
1e+06. From 2^53 on they are rounded before the chart sees them, and JSON too has an exponent for the smallest.
*/}}
{{- define "slipway.text" -}}
{{- if kindIs "invalid" .value -}}
null
{{- else if kindIs "float64" .value -}}
{{- if or (ge .value 9007199254740992.0) (le .value -9007199254740992.0) (contains "e" (toJson .value)) -}}
{{- fail (printf "%s is a number that YAML does not keep as it was written; put it in quotes." .name) -}}
{{- end -}}
{{ toJson .value }}
{{- else -}}
{{ toString .value }}
{{- end -}}
{{- end -}}

{{/* Quantities by the name of their resource, as text: a whole number is none to Kubernetes' validators. { name, value } */}}
{{- define "slipway.quantities" -}}
{{- $name := .name -}}
{{- range $resource, $quantity := .value }}
{{ $resource }}: {{ include "slipway.text" (dict "name" (printf "%s.%s" $name $resource) "value" $quantity) | quote }}
{{- end }}
{{- end -}}

{{/* The bytes of a quantity of memory. */}}
{{- define "slipway.bytes" -}}
{{- $text := include "slipway.text" (dict "name" "resources.limits.memory" "value" .) -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 -}}
{{- $unit := regexFind "[A-Za-z]+$" $text -}}
{{- $factor := 1 -}}
{{- if $unit -}}
{{- $factor = get $units $unit | required (printf "resources.limits.memory must be in Ki, Mi, Gi or Ti, as in 256Mi; it is %s." $text) -}}
{{- end -}}
{{- mulf (float64 (trimSuffix $unit $text)) $factor | floor | int64 -}}
{{- end -}}

{{/* Seconds from SIGTERM to SIGKILL: never less than the service needs for its own end. */}}
{{- define "slipway.gracePeriod" -}}
{{- with .Values.lifecycle -}}
{{- $needed := addf .preStopSleep .drainDelay .drainTimeout .slack | ceil | int -}}
{{- $given := .gracePeriod | default $needed | int -}}
{{- if lt $given $needed -}}
{{- fail (printf "lifecycle.gracePeriod must be at least %d s, the sum of preStopSleep, drainDelay, drainTimeout and slack; it is %d. Raise it, or leave it out." $needed $given) -}}
{{- end -}}
{{ $given }}
{{- end -}}
{{- end -}}

{{/* Whether there can be one pod only. */}}
{{- define "slipway.isSingle" -}}
{{- if .Values.storage.enabled -}}true{{- end -}}
{{- end -}}

{{- define "slipway.isScaled" -}}
{{- if and .Values.autoscaling.enabled (not .Values.storage.enabled) -}}true{{- end -}}
{{- end -}}
